// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.AuditNamespaceRequest;
import dev.omnibridge.api.stamping.v1.AuditNamespaceResponse;
import dev.omnibridge.api.stamping.v1.AuditProgress;
import dev.omnibridge.api.stamping.v1.CheckpointKey;
import dev.omnibridge.api.stamping.v1.GetCheckpointRequest;
import dev.omnibridge.api.stamping.v1.GetCheckpointResponse;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofRequest;
import dev.omnibridge.api.stamping.v1.GetConsistencyProofResponse;
import dev.omnibridge.api.stamping.v1.GetInclusionProofRequest;
import dev.omnibridge.api.stamping.v1.GetInclusionProofResponse;
import dev.omnibridge.api.stamping.v1.GetProofBundleRequest;
import dev.omnibridge.api.stamping.v1.GetProofBundleResponse;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysRequest;
import dev.omnibridge.api.stamping.v1.ListCheckpointKeysResponse;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc.StampLogServiceImplBase;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.stamping.log.Audit;
import dev.omnibridge.stamping.log.StampLog;
import dev.omnibridge.stamping.log.StampLog.KnownKey;
import dev.omnibridge.stamping.log.StampLog.LeafChoice;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The tamper-evident log over gRPC. Every call has a virtual thread, because it waits for leaves
 * and hashes; how many there may be is bounded.
 */
public final class StampLogApi extends StampLogServiceImplBase {
  private static final int CALLS = 256;
  private static final int AUDITS = 2;

  private final StampLog log;
  private final Semaphore calls = new Semaphore(CALLS);
  private final Semaphore audits = new Semaphore(AUDITS);

  public StampLogApi(StampLog log) {
    this.log = log;
  }

  @Override
  public void getCheckpoint(
      GetCheckpointRequest request, StreamObserver<GetCheckpointResponse> out) {
    answer(
        out,
        () ->
            GetCheckpointResponse.newBuilder()
                .setCheckpoint(
                    LogMessages.checkpoint(
                        log.checkpoint(Order.namespace(request.getNamespace()), request.getSize())))
                .build());
  }

  @Override
  public void getInclusionProof(
      GetInclusionProofRequest request, StreamObserver<GetInclusionProofResponse> out) {
    answer(
        out,
        () ->
            LogMessages.inclusion(
                log.inclusion(
                    choice(
                        request.getNamespace(),
                        request.hasHash(),
                        request.getHash(),
                        request.getLeafIndex()),
                    request.getSize())));
  }

  private static LeafChoice choice(String namespace, boolean byHash, String hash, long index) {
    return new LeafChoice(
        Order.namespace(namespace), byHash ? Hashes.parse("hash", hash) : null, index);
  }

  @Override
  public void getConsistencyProof(
      GetConsistencyProofRequest request, StreamObserver<GetConsistencyProofResponse> out) {
    answer(
        out,
        () ->
            LogMessages.consistency(
                log.consistency(
                    Order.namespace(request.getNamespace()),
                    request.getFromSize(),
                    request.getToSize())));
  }

  @Override
  public void listCheckpointKeys(
      ListCheckpointKeysRequest request, StreamObserver<ListCheckpointKeysResponse> out) {
    answer(out, () -> keys(Order.namespace(request.getNamespace())));
  }

  private ListCheckpointKeysResponse keys(String namespace) {
    List<KnownKey> known = log.knownKeys(namespace);
    var answer = ListCheckpointKeysResponse.newBuilder().setOrigin(known.getFirst().key().name());
    for (KnownKey key : known) {
      answer.addKeys(
          CheckpointKey.newBuilder()
              .setVerifier(key.key().text())
              .setFirstSize(key.firstSize())
              .setLastSize(key.lastSize())
              .setCurrent(key.current()));
    }
    return answer.build();
  }

  @Override
  public void getProofBundle(
      GetProofBundleRequest request, StreamObserver<GetProofBundleResponse> out) {
    answer(
        out,
        () ->
            GetProofBundleResponse.newBuilder()
                .setBundle(
                    ByteString.copyFrom(
                        log.bundle(
                                choice(
                                    request.getNamespace(),
                                    request.hasHash(),
                                    request.getHash(),
                                    request.getLeafIndex()),
                                request.getSize())
                            .toJson()))
                .build());
  }

  @Override
  public void auditNamespace(
      AuditNamespaceRequest request, StreamObserver<AuditNamespaceResponse> out) {
    CallScope scope = CallScope.current();
    run(audits, out, () -> audit(request, scope, out));
  }

  private void audit(
      AuditNamespaceRequest request, CallScope scope, StreamObserver<AuditNamespaceResponse> out) {
    long began = System.nanoTime();
    String namespace = Order.namespace(request.getNamespace());
    long total = Audit.size(log, namespace);
    var question = new Audit.Question(namespace, request.getDeep(), request.getCheckpointsList());
    Audit.Verdict verdict =
        Audit.run(log, question, checked -> out.onNext(progress(checked, total)), scope::cancelled);
    out.onNext(
        AuditNamespaceResponse.newBuilder()
            .setVerdict(LogMessages.verdict(verdict).setTookNanos(System.nanoTime() - began))
            .build());
    out.onCompleted();
  }

  private static AuditNamespaceResponse progress(long checked, long total) {
    return AuditNamespaceResponse.newBuilder()
        .setProgress(
            AuditProgress.newBuilder()
                .setLeavesChecked(checked)
                .setLeavesTotal(Math.max(checked, total)))
        .build();
  }

  private <R> void answer(StreamObserver<R> out, Supplier<R> work) {
    run(
        calls,
        out,
        () -> {
          out.onNext(work.get());
          out.onCompleted();
        });
  }

  private static void run(Semaphore room, StreamObserver<?> out, Runnable work) {
    if (!room.tryAcquire()) {
      Replies.fail(
          out,
          Fault.of(
              Fault.Kind.EXHAUSTED,
              "STAMP_LOG_BUSY",
              "Too many questions about logs of stamps are being answered."));
      return;
    }
    CallScope scope = CallScope.current();
    Thread unused =
        Thread.ofVirtual()
            .name("stamp-log")
            .start(
                // With the caller's deadline, and stopped when the caller has gone.
                Context.current()
                    .wrap(() -> {
                      try {
                        work.run();
                      } catch (RuntimeException failure) {
                        if (!scope.cancelled()) {
                          Replies.fail(out, failure);
                        }
                      } finally {
                        room.release();
                      }
                    }));
  }
}
