// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.intelligence.v1.AnalyzeRequest;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suite that is stopped while it is used, and by more than one. */
class SuiteStopIT {
  private static final int CALLERS_OF_EACH = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ByteString TEXT = ByteString.copyFromUtf8("nothing new\n".repeat(20_000));

  @TempDir private Path data = Path.of("");
  private Suite suite;
  private ManagedChannel channel;

  /** Something that one of the services is asked. */
  private interface Question {
    Object ask();
  }

  @BeforeEach
  void start() {
    suite = Suite.start(SuiteOptions.in(data).withFsync(false));
    channel = NettyChannelBuilder.forTarget(suite.address()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    suite.close();
  }

  private List<Question> questions() {
    var workflows = WorkflowServiceGrpc.newBlockingStub(channel);
    var stamping = StampingServiceGrpc.newBlockingStub(channel);
    var intelligence = IntelligenceServiceGrpc.newBlockingStub(channel);
    var list = ListWorkflowsRequest.getDefaultInstance();
    var validate = ValidateStampRequest.newBuilder().setContent(TEXT).build();
    var analyze = AnalyzeRequest.newBuilder().setContent(TEXT).build();
    return List.of(
        () -> workflows.withDeadlineAfter(30, SECONDS).listWorkflows(list),
        () -> stamping.withDeadlineAfter(30, SECONDS).validateStamp(validate),
        () -> intelligence.withDeadlineAfter(30, SECONDS).analyze(analyze));
  }

  /** How the first call ended that was not answered. */
  private static Status.Code askOnAndOn(Question question, AtomicInteger answered) {
    while (true) {
      try {
        Object unused = question.ask();
        answered.incrementAndGet();
      } catch (StatusRuntimeException failure) {
        return failure.getStatus().getCode();
      }
    }
  }

  private static <T> CompletableFuture<T> beside(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
  }

  @Test
  void shouldAnswerCallersOrTellThatItIsAwayWhileItStops() {
    var answered = new AtomicInteger();
    List<CompletableFuture<Status.Code>> ends =
        questions().stream()
            .flatMap(question -> Collections.nCopies(CALLERS_OF_EACH, question).stream())
            .map(question -> beside(() -> askOnAndOn(question, answered)))
            .toList();
    await().atMost(LIMIT).until(() -> answered.get() > 100);

    suite.close();

    assertThat(ends)
        .allSatisfy(
            end -> assertThat(end).succeedsWithin(LIMIT).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void shouldHaveStoppedForEverybodyWhoClosesIt() {
    var closing =
        List.of(1, 2).stream()
            .map(_ ->
                beside(() -> {
                  suite.close();
                  return suite.postgres().isRunning();
                }))
            .toList();

    assertThat(closing).allSatisfy(one -> assertThat(one).succeedsWithin(LIMIT).isEqualTo(false));
  }
}
