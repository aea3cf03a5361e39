// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.api.intelligence.v1.Analysis;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.AnalyzeResponse;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc.IntelligenceServiceImplBase;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.GetStampResponse;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceImplBase;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The two services that workflows call, as a test wants them: working, failing, or hanging. */
final class ScriptedServices {
  /** Calls by operation id, so that a test sees what was asked for more than once. */
  final Map<String, AtomicInteger> operations = new ConcurrentHashMap<>();

  final AtomicInteger stampFailures = new AtomicInteger();
  final AtomicInteger analyzeFailures = new AtomicInteger();
  final CountDownLatch stampCalled = new CountDownLatch(1);
  final CountDownLatch stampReleased = new CountDownLatch(1);
  volatile boolean holdStamps;

  void offerTo(Edge edge) {
    edge.offer(new Stamping());
    edge.offer(new Intelligence());
  }

  private static boolean take(AtomicInteger failures) {
    return failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  private static Throwable away() {
    return Statuses.toException(Fault.unavailable("AWAY", "The service is away.", null));
  }

  private final class Stamping extends StampingServiceImplBase {
    @Override
    public void createStamp(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
      operations
          .computeIfAbsent(request.getOptions().getOpId(), _ -> new AtomicInteger())
          .incrementAndGet();
      stampCalled.countDown();
      if (take(stampFailures)) {
        out.onError(away());
        return;
      }
      if (holdStamps) {
        Thread.ofVirtual().start(() -> answerLater(request, out));
      } else {
        answer(request, out);
      }
    }

    private void answerLater(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
      try {
        if (stampReleased.await(60, TimeUnit.SECONDS)) {
          answer(request, out);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    private void answer(CreateStampRequest request, StreamObserver<CreateStampResponse> out) {
      String hash = "%064x".formatted(request.getContent().hashCode() & 0xffffffffL);
      Stamp stamp =
          Stamp.newBuilder()
              .setFileHash(hash)
              .setContentHash(hash)
              .setFilePath(request.getOptions().getFilePath())
              .setFileSize(request.getContent().size())
              .setRevision(1)
              .build();
      out.onNext(CreateStampResponse.newBuilder().setStamp(stamp).build());
      out.onCompleted();
    }

    @Override
    public void getStamp(GetStampRequest request, StreamObserver<GetStampResponse> out) {
      out.onError(
          Statuses.toException(Fault.notFound("STAMP_NOT_FOUND", "There is no such stamp.")));
    }
  }

  private final class Intelligence extends IntelligenceServiceImplBase {
    @Override
    public void analyze(AnalyzeRequest request, StreamObserver<AnalyzeResponse> out) {
      if (take(analyzeFailures)) {
        out.onError(away());
        return;
      }
      Analysis analysis = Analysis.newBuilder().setLanguage("java").setText(true).build();
      out.onNext(AnalyzeResponse.newBuilder().setAnalysis(analysis).build());
      out.onCompleted();
    }
  }
}
