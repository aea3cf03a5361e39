// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.ExportStampRequest;
import dev.omnibridge.api.stamping.v1.ExportStampResponse;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.interop.Attestation;
import dev.omnibridge.stamping.interop.B3sumLine;
import dev.omnibridge.stamping.interop.Signer;
import dev.omnibridge.stamping.interop.StampFacts;
import dev.omnibridge.stamping.store.StampCodec;
import dev.omnibridge.stamping.store.StampStore;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;

/** Stamps for other tools, signed by the service. */
public final class Exports {
  private final StampStore store;
  private final Signer signer;
  private final WorkerExecutor workers;

  public Exports(StampStore store, Signer signer, WorkerExecutor workers) {
    this.store = store;
    this.signer = signer;
    this.workers = workers;
  }

  Future<ExportStampResponse> export(ExportStampRequest request, CallScope scope) {
    return store
        .find(
            Order.namespace(request.getNamespace()), Hashes.parse("hash", request.getHash()), scope)
        .map(StampCodec::facts)
        .compose(stamp -> workers.executeBlocking(() -> signed(stamp), false));
  }

  private ExportStampResponse signed(StampFacts stamp) {
    byte[] envelope = Attestation.envelope(Attestation.statement(stamp), signer);
    return ExportStampResponse.newBuilder()
        .setEnvelope(ByteString.copyFrom(envelope))
        .setB3SumLine(B3sumLine.of(stamp.contentHash(), stamp.filePath()))
        .build();
  }
}
