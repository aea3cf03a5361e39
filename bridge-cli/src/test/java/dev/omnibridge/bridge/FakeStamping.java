// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsResponse;
import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampResponse;
import dev.omnibridge.api.stamping.v1.HashedBy;
import dev.omnibridge.api.stamping.v1.ItemError;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceImplBase;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FileDigest;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps stamps in memory, and refuses what a test wants it to. */
public final class FakeStamping extends StampingServiceImplBase {
  public final Map<String, Stamp> stamps = new ConcurrentHashMap<>();
  public final List<CreateStampRequest> created = new CopyOnWriteArrayList<>();
  public final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

  /** Items with this in their path are refused. */
  public volatile String refused = "\0";

  /** A batch with this in the path of an item is refused as a whole. */
  public volatile String refusedBatch = "\0";

  /** The code of what is refused. */
  public volatile Code refusal = Code.INVALID_ARGUMENT;

  /** Texts are returned with one blank more, which the hash rule does not see. */
  public volatile boolean careless;

  /** How many bytes the batches had. */
  public final List<Integer> batches = new CopyOnWriteArrayList<>();

  @Override
  public void createStamp(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
    String name = request.getOptions().getFilePath();
    if (request.hasContent() && name.endsWith(".lock")) {
      var fault = Fault.invalid("LANGUAGE_WITHOUT_COMMENTS", "It has no comments.");
      out.onError(Statuses.toException(fault));
    } else if (request.hasContent() && name.endsWith("format.md")) {
      var fault = Fault.invalid("STAMP_AMBIGUOUS", "It holds parts of stamps.");
      out.onError(Statuses.toException(fault));
    } else if (!failed(out)) {
      answer(out, create(request));
    }
  }

  @Override
  public void batchCreateStamps(
      BatchCreateStampsRequest request, StreamObserver<BatchCreateStampsResponse> out) {
    if (failed(out)) {
      return;
    }
    batches.add(request.getSerializedSize());
    if (request.getItemsList().stream()
        .anyMatch(one -> one.getOptions().getFilePath().contains(refusedBatch))) {
      out.onError(Statuses.toException(Fault.invalid("BAD_ITEM", "One is bad.")));
      return;
    }
    var all = BatchCreateStampsResponse.newBuilder();
    for (CreateStampRequest one : request.getItemsList()) {
      var item = BatchItem.newBuilder().setIndex(all.getItemsCount());
      if (one.getOptions().getFilePath().contains(refused)) {
        item.setError(
            ItemError.newBuilder()
                .setCode(refusal.value())
                .setReason("REFUSED_HERE")
                .setMessage("Not this."));
      } else {
        item.setCreated(create(one));
      }
      all.addItems(item);
    }
    answer(out, all.build());
  }

  private CreateStampResponse create(CreateStampRequest request) {
    created.add(request);
    Stamp stamp = stamp(request);
    boolean existed = stamp.equals(stamps.put(stamp.getFileHash(), stamp));
    var answer = CreateStampResponse.newBuilder().setStamp(stamp).setExisted(existed);
    StampOptions options = request.getOptions();
    if (options.getReturnStampedContent()) {
      boolean detached = options.getFormat() == StampFormat.STAMP_FORMAT_DETACHED;
      if (detached || options.getFormat() == StampFormat.STAMP_FORMAT_HASH_ONLY) {
        String path = options.getFilePath();
        answer
            .setSidecar(sidecar(stamp))
            .setSidecarName("." + path.substring(path.lastIndexOf('/') + 1) + ".onex-meta.json");
      }
      if (!detached) {
        answer.setStampedContent(written(request.getContent(), stamp));
      }
    }
    return answer.build();
  }

  private static ByteString sidecar(Stamp stamp) {
    return ByteString.copyFromUtf8(
        """
        {"metadata_version": "0.1", "stamp_id": "%s", "namespace": "n", "created_at": "now",
        "file_hash": "%s", "integrity": {"algorithm": "BLAKE3", "hash": "%2$s"}}
        """
            .formatted(stamp.getStampId(), stamp.getFileHash()));
  }

  private ByteString written(ByteString text, Stamp stamp) {
    String line =
        "# ONEX:uid=%s,hash=%s,ts=2026-11-21T12:00:00Z\n"
            .formatted(stamp.getStampId(), stamp.getFileHash());
    String old = text.toStringUtf8();
    if (careless) {
      old = old.stripTrailing() + " \n";
    }
    return ByteString.copyFromUtf8(line + old.replaceFirst("^# ONEX:[^\n]*\n", ""));
  }

  private static Stamp stamp(CreateStampRequest request) {
    var stamp =
        Stamp.newBuilder()
            .setStampId("01931b2e-0000-7000-8000-000000000002")
            .setNamespace(request.getOptions().getNamespace())
            .setFilePath(request.getOptions().getFilePath())
            .setRevision(1);
    if (request.hasDigests()) {
      var digests = request.getDigests();
      return stamp
          .setContentHash(digests.getContentHash())
          .setFileHash(digests.getFileHash())
          .setFileSize(digests.getSize())
          .setHashedBy(HashedBy.HASHED_BY_CLIENT)
          .build();
    }
    Digests digests = FileDigest.of(request.getContent().toByteArray());
    return stamp
        .setContentHash(digests.contentHash().hex())
        .setFileHash(digests.fileHash().hex())
        .setFileSize(digests.size())
        .setHashedBy(HashedBy.HASHED_BY_SERVER)
        .build();
  }

  @Override
  public void getStamp(GetStampRequest request, StreamObserver<GetStampResponse> out) {
    Stamp stamp = stamps.get(request.getHash());
    if (stamp == null) {
      out.onError(Statuses.toException(Fault.notFound("STAMP_NOT_FOUND", "There is no stamp.")));
    } else {
      answer(out, GetStampResponse.newBuilder().setStamp(stamp).build());
    }
  }

  private boolean failed(StreamObserver<?> out) {
    Fault fault = faults.poll();
    if (fault != null) {
      out.onError(Statuses.toException(fault));
    }
    return fault != null;
  }

  private static <R> void answer(StreamObserver<R> out, R response) {
    out.onNext(response);
    out.onCompleted();
  }
}
