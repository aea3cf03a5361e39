// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc.ContentServiceImplBase;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.GetStampRowResponse;
import dev.omnibridge.api.log.v1.IndexServiceGrpc.IndexServiceImplBase;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceImplBase;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What db-adapter promises of streams, stamp rows and content, in memory; it fails when told to.
 */
final class StoreModel {
  private static final int PIECE = 256 * 1024;

  private final Map<StreamName, List<RecordedEvent>> streams = new HashMap<>();
  private final Map<StreamName, Snapshot> snapshots = new HashMap<>();
  private final Map<String, StampRow> rows = new LinkedHashMap<>();
  private final Map<String, ByteString> contents = new HashMap<>();
  private final Queue<Runnable> beforeAppends = new ArrayDeque<>();
  private boolean expired;
  final AtomicInteger endlessReads = new AtomicInteger();

  void offerOn(Edge edge) {
    edge.offer(new Log());
    edge.offer(new Index());
    edge.offer(new Content());
  }

  /** Keeps content and returns its hash. */
  synchronized String put(ByteString content) {
    String hash = Blake3.hash(content.toByteArray()).hex();
    contents.put(hash, content);
    return hash;
  }

  /** Stores under a hash what is not of that hash. */
  synchronized void putDamaged(String hash, ByteString content) {
    contents.put(hash, content);
  }

  /** Runs before the next append; what it throws becomes the answer. */
  synchronized void beforeAppend(Runnable action) {
    beforeAppends.add(action);
  }

  /** As if the snapshot had never been written: the state must come from the events. */
  synchronized void forgetSnapshots() {
    snapshots.clear();
  }

  /** As if the log had dropped all events for their age. */
  synchronized void expireEvents() {
    expired = true;
  }

  synchronized List<RecordedEvent> events() {
    return streams.values().stream().flatMap(List::stream).toList();
  }

  private synchronized AppendResponse append(AppendRequest request) {
    Runnable action = beforeAppends.poll();
    if (action != null) {
      action.run();
    }
    StreamAppend append = request.getAppends(0);
    List<RecordedEvent> stream = streams.getOrDefault(append.getStream(), List.of());
    long expected = append.getExpectNone() ? 0 : append.getExpectedVersion();
    if (stream.size() != expected) {
      throw Fault.of(Kind.CONFLICT, "VERSION_CONFLICT", "The stream is at another version.");
    }
    List<RecordedEvent> longer = new ArrayList<>(stream);
    append
        .getEventsList()
        .forEach(e -> longer.add(recorded(append.getStream(), longer.size() + 1, e)));
    streams.put(append.getStream(), longer);
    snapshots.put(append.getStream(), append.getSnapshot());
    StampRow row = request.getRows(0).getStamp();
    rows.put(row.getNamespace() + row.getFileHash(), row);
    return AppendResponse.getDefaultInstance();
  }

  private static RecordedEvent recorded(StreamName stream, long version, NewEvent event) {
    return RecordedEvent.newBuilder()
        .setStream(stream)
        .setVersion(version)
        .setEventId(event.getEventId())
        .setType(event.getType())
        .setCorrelationId(event.getCorrelationId())
        .setBody(event.getBody())
        .build();
  }

  /** One event a page, so that paging is used. */
  private synchronized ReadStreamResponse read(ReadStreamRequest request) {
    List<RecordedEvent> stream = streams.get(request.getStream());
    if (stream == null) {
      throw Fault.notFound("STREAM_NOT_FOUND", "There is no such stream.");
    }
    if (expired) {
      throw Fault.notFound("EVENTS_EXPIRED", "The log does not keep the events any more.");
    }
    var response = ReadStreamResponse.newBuilder().setHeadVersion(stream.size());
    Snapshot snapshot = snapshots.get(request.getStream());
    if (request.getFromSnapshot() && snapshot != null) {
      return response.setSnapshot(snapshot).setSnapshotVersion(stream.size()).build();
    }
    stream.stream().skip(request.getAfterVersion()).limit(1).forEach(response::addEvents);
    return response.build();
  }

  private synchronized StampRow row(GetStampRowRequest request) {
    return rows.values().stream()
        .filter(row -> row.getNamespace().equals(request.getNamespace()))
        .filter(row ->
            request.hasFileHash()
                ? row.getFileHash().equals(request.getFileHash())
                : row.getContentHash().equals(request.getContentHash()))
        .findFirst()
        .orElseThrow(() -> Fault.notFound("STAMP_NOT_FOUND", "There is no such row."));
  }

  private synchronized ListStampRowsResponse list(ListStampRowsRequest request) {
    List<StampRow> all =
        new ArrayList<>(rows.values())
            .reversed().stream()
                .filter(row -> row.getNamespace().equals(request.getNamespace()))
                .toList();
    int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    int size = request.getPageSize() == 0 ? 50 : request.getPageSize();
    int to = Math.min(all.size(), from + size);
    return ListStampRowsResponse.newBuilder()
        .addAllStamps(all.subList(from, to))
        .setNextPageToken(to < all.size() ? Integer.toString(to) : "")
        .build();
  }

  private static <R> void answer(StreamObserver<R> out, Supplier<R> reply) {
    try {
      out.onNext(reply.get());
      out.onCompleted();
    } catch (Fault fault) {
      Replies.fail(out, fault);
    }
  }

  private final class Log extends LogServiceImplBase {
    @Override
    public void append(AppendRequest request, StreamObserver<AppendResponse> out) {
      answer(out, () -> StoreModel.this.append(request));
    }

    @Override
    public void readStream(ReadStreamRequest request, StreamObserver<ReadStreamResponse> out) {
      answer(out, () -> read(request));
    }
  }

  private final class Index extends IndexServiceImplBase {
    @Override
    public void getStampRow(GetStampRowRequest request, StreamObserver<GetStampRowResponse> out) {
      answer(out, () -> GetStampRowResponse.newBuilder().setStamp(row(request)).build());
    }

    @Override
    public void listStampRows(
        ListStampRowsRequest request, StreamObserver<ListStampRowsResponse> out) {
      answer(out, () -> list(request));
    }
  }

  /** Content whose hash is all zeros has no end. */
  private final class Content extends ContentServiceImplBase {
    @Override
    public void getContent(GetContentRequest request, StreamObserver<GetContentResponse> out) {
      var call = (ServerCallStreamObserver<GetContentResponse>) out;
      if (request.getContentHash().equals("0".repeat(64))) {
        endlessReads.incrementAndGet();
        call.setOnCancelHandler(endlessReads::decrementAndGet);
        call.setOnReadyHandler(() -> sendWhileReady(call));
        return;
      }
      ByteString content = contents.get(request.getContentHash());
      if (content == null) {
        Replies.fail(out, Fault.notFound("CONTENT_NOT_FOUND", "There is no such content."));
        return;
      }
      for (int at = 0; at < content.size(); at += PIECE) {
        out.onNext(piece(content.substring(at, Math.min(content.size(), at + PIECE))));
      }
      out.onCompleted();
    }

    private static void sendWhileReady(ServerCallStreamObserver<GetContentResponse> call) {
      while (call.isReady() && !call.isCancelled()) {
        call.onNext(piece(ByteString.copyFrom(new byte[PIECE])));
      }
    }

    private static GetContentResponse piece(ByteString bytes) {
      return GetContentResponse.newBuilder().setChunk(bytes).build();
    }
  }
}
