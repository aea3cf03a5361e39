// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.UploadStampResponse;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.rpc.Writing.Written;
import dev.omnibridge.stamping.stamp.Artifact;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.StampKey;
import dev.omnibridge.stamping.store.Hashed;
import dev.omnibridge.stamping.store.Stamps;
import dev.omnibridge.stamping.store.Stamps.Recorded;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Stamps one file, wherever its bytes come from: hash, record, answer. */
public final class Stamper {
  private final Stamps stamps;
  private final Sources sources;

  public Stamper(Stamps stamps, Sources sources) {
    this.stamps = stamps;
    this.sources = sources;
  }

  /** Stamps bytes from any source but an upload. */
  Future<CreateStampResponse> create(CreateStampRequest request, CallScope scope) {
    long started = System.nanoTime();
    Order order = Order.from(request.getOptions());
    @Nullable ByteString inline = request.hasContent() ? request.getContent() : null;
    Writing.checkBefore(order, inline);
    return sources
        .hash(request, scope)
        .compose(hashed ->
            record(order, hashed, inline, scope)
                .compose(recorded ->
                    Writing.write(order, recorded.stamp(), inline, sources.hashing())
                        .map(written -> created(recorded, hashed, written, started))));
  }

  private Future<Recorded> record(
      Order order, Hashed hashed, @Nullable ByteString inline, CallScope scope) {
    Digests digests = hashed.digests();
    order.check(digests);
    Writing.checkAfter(order, digests);
    var artifact =
        new Artifact(
            digests.contentHash(),
            digests.size(),
            order.filePath(),
            order.contentType(),
            order.metadata(),
            order.runId(),
            order.opId(),
            hashed.by(),
            hashed.took());
    var key = new StampKey(order.namespace(), digests.fileHash());
    return Writing.rehearse(order, key, artifact, inline, sources.hashing())
        .compose(_ -> stamps.record(key, artifact, order.correlationId(), scope));
  }

  private static CreateStampResponse created(
      Recorded recorded, Hashed hashed, Written written, long started) {
    return CreateStampResponse.newBuilder()
        .setStamp(Messages.stamp(recorded.stamp()))
        .setExisted(recorded.existed())
        .setStampedContent(written.text())
        .setSidecar(written.sidecar())
        .setSidecarName(written.sidecarName())
        .setTimings(Messages.timings(hashed, started))
        .build();
  }

  /** Stamps a file that was streamed in. */
  Future<UploadStampResponse> uploaded(Order order, Hashed hashed, CallScope scope, long started) {
    return record(order, hashed, null, scope)
        .compose(recorded ->
            Writing.write(order, recorded.stamp(), null, sources.hashing())
                .map(written -> uploaded(recorded, hashed, written, started)));
  }

  private static UploadStampResponse uploaded(
      Recorded recorded, Hashed hashed, Written written, long started) {
    return UploadStampResponse.newBuilder()
        .setStamp(Messages.stamp(recorded.stamp()))
        .setExisted(recorded.existed())
        .setSidecar(written.sidecar())
        .setSidecarName(written.sidecarName())
        .setTimings(Messages.timings(hashed, started))
        .build();
  }
}
