// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditNamespaceResponse;
import dev.omnibridge.api.stamping.v1.AuditProgress;
import dev.omnibridge.api.stamping.v1.AuditVerdict;
import dev.omnibridge.api.stamping.v1.GetProofBundleRequest;
import dev.omnibridge.api.stamping.v1.GetProofBundleResponse;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc.StampLogServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log of stamps of which a test says what an audit finds. */
public final class FakeStampLog extends StampLogServiceImplBase {
  public final List<AuditNamespaceRequest> audits = new CopyOnWriteArrayList<>();
  public final List<GetProofBundleRequest> proofs = new CopyOnWriteArrayList<>();
  public volatile AuditVerdict verdict =
      AuditVerdict.newBuilder()
          .setIntact(true)
          .setOrigin("omnibridge/log/default")
          .setSize(1_000)
          .setRoot(ByteString.copyFrom(new byte[32]))
          .setStampsChecked(990)
          .setCheckpointsChecked(2)
          .setVouchedSize(900)
          .setTookNanos(12_000_000)
          .build();

  /** Whether an audit ends before its verdict. */
  public volatile boolean breaksOff;

  @Override
  public void auditNamespace(
      AuditNamespaceRequest request, StreamObserver<AuditNamespaceResponse> out) {
    audits.add(request);
    out.onNext(
        AuditNamespaceResponse.newBuilder()
            .setProgress(AuditProgress.newBuilder().setLeavesChecked(500).setLeavesTotal(1_000))
            .build());
    if (!breaksOff) {
      out.onNext(AuditNamespaceResponse.newBuilder().setVerdict(verdict).build());
    }
    out.onCompleted();
  }

  @Override
  public void getProofBundle(
      GetProofBundleRequest request, StreamObserver<GetProofBundleResponse> out) {
    proofs.add(request);
    out.onNext(
        GetProofBundleResponse.newBuilder()
            .setBundle(ByteString.copyFromUtf8("{\"format\":\"bundle\"}\n"))
            .build());
    out.onCompleted();
  }
}
