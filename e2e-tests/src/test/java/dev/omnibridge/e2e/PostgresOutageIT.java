// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.e2e.Pages.Breaker;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.Thresholds;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * PostgreSQL is killed, and started again:
 *
 * <pre>
 * PostgreSQL is gone -> not serving; submissions and queries are refused at once, with the advice
 *   to try again -> PostgreSQL is back -> what was refused is accepted, and runs once
 * </pre>
 */
@Story
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PostgresOutageIT {
  private static final String NAMESPACE = "postgres-outage";
  private static final int BEFORE = 20;
  private static final int REFUSED = 400;
  private static final int REPEATED = 20;

  private static Deployment deployment;
  private static List<Workflow> before;
  private static List<SubmitWorkflowRequest> refused;

  private final Stack stack = deployment.stack();
  private final Thresholds figures;

  PostgresOutageIT(Way way) {
    figures = way.figures();
  }

  @BeforeParameterizedClassInvocation
  static void start(Way way) throws Exception {
    deployment = Deployment.warm(way);
    before = new ArrayList<>();
    refused = new ArrayList<>();
    for (int i = 0; i < BEFORE; i++) {
      Stack stack = deployment.stack();
      Workflow done = completed(stack, stack.workflows().submitWorkflow(request()).getWorkflow());
      Journals.shouldBeWhole(stack.journal(NAMESPACE, done.getRunId()));
      before.add(done);
    }
  }

  private static Workflow completed(Stack stack, Workflow submitted) {
    Workflow done = Submissions.await(stack, submitted);
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    return done;
  }

  /** Why a call was refused, and how long that took. */
  private record Refusal(com.google.rpc.Status status, Duration took) {
    String reason() throws Exception {
      for (var detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          return detail.unpack(ErrorInfo.class).getReason();
        }
      }
      return "";
    }

    /** The client is told that waiting helps, and for how long. */
    void shouldSayWhenToTryAgain() throws Exception {
      assertThat(status.getCode()).as("%s", status).isEqualTo(Code.UNAVAILABLE_VALUE);
      for (var detail : status.getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          assertThat(delay.getSeconds() * 1e9 + delay.getNanos()).isPositive();
          return;
        }
      }
      throw new AssertionError("no RetryInfo in " + status);
    }
  }

  /** Null when the call was accepted. */
  private static @Nullable Refusal refusal(Runnable call) {
    long began = System.nanoTime();
    try {
      call.run();
      return null;
    } catch (StatusRuntimeException failure) {
      var took = Duration.ofNanos(System.nanoTime() - began);
      var status = StatusProto.fromThrowable(failure);
      assertThat(status).isNotNull();
      return new Refusal(status, took);
    }
  }

  private @Nullable Refusal submit(SubmitWorkflowRequest request) {
    return refusal(() -> {
      var unused = stack.workflows().submitWorkflow(request);
    });
  }

  private static SubmitWorkflowRequest request() {
    var input = Map.of("text", "class P {}\n", "path", "P.java");
    return Submissions.of(NAMESPACE, Submissions.stampOne(), input).build();
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
  }

  @Test
  @Order(1)
  void shouldSayThatItDoesNotServeAndBlameNobodyElse() {
    Pages pages = Pages.of(stack, Peer.DB_ADAPTER);
    Breaker kafka = pages.breaker("outbox", "kafka");
    Breaker postgres = pages.breaker("db-adapter", "postgresql");
    deployment.stopPostgres();
    long began = System.nanoTime();
    soon()
        .untilAsserted(() -> {
          var health = pages.health();
          assertThat(health.path("status").textValue()).isEqualTo("DOWN");
          assertThat(health.path("parts").path(Peer.DB_ADAPTER.contract()).textValue())
              .isEqualTo("NOT_SERVING");
        });
    System.out.printf("not serving %d ms after PostgreSQL went%n", since(began).toMillis());
    soon()
        .untilAsserted(() ->
            assertThat(pages.breaker("db-adapter", "postgresql").opened())
                .isGreaterThan(postgres.opened()));
    awaitThatEveryWriterKnows();
    assertThat(pages.breaker("outbox", "kafka").opened()).isEqualTo(kafka.opened());
    assertThat(pages.breaker("outbox", "kafka").state()).isEqualTo(Breaker.CLOSED);
  }

  /**
   * Each finds out by an append of its own; whether one under way was stored is in doubt at first.
   */
  private void awaitThatEveryWriterKnows() {
    var inARow = new AtomicInteger();
    soon()
        .until(() -> {
          var stamp =
              CreateStampRequest.newBuilder()
                  .setContent(ByteString.copyFromUtf8("who knows? " + UUID.randomUUID()))
                  .build();
          Refusal refusal =
              refusal(() -> {
                var unused = stack.stamping().createStamp(stamp);
              });
          boolean atOnce =
              refusal != null
                  && refusal.status().getCode() == Code.UNAVAILABLE_VALUE
                  && refusal.took().toMillis() < 500;
          return (atOnce ? inARow.incrementAndGet() : reset(inARow)) >= 20;
        });
  }

  private static int reset(AtomicInteger count) {
    count.set(0);
    return 0;
  }

  @Test
  @Order(2)
  void shouldRefuseSubmissionsAtOnceWithTheAdviceToTryAgain() throws Exception {
    for (int i = 0; i < REFUSED; i++) {
      var request = request();
      Refusal refusal = submit(request);
      assertThat(refusal).as("what nothing could store").isNotNull();
      refusal.shouldSayWhenToTryAgain();
      assertThat(refusal.reason()).isIn("CIRCUIT_OPEN", "DATABASE_AWAY");
      figures.record("fail_fast_ms", refusal.took());
      if (i % (REFUSED / REPEATED) == 0) {
        refused.add(request);
      }
    }
    figures.shouldBeKept("fail_fast_ms");
  }

  @Test
  @Order(3)
  void shouldRefuseQueriesAndStampsAsFast() throws Exception {
    var read =
        ReadStreamRequest.newBuilder()
            .setStream(
                StreamName.newBuilder()
                    .setKind("workflow")
                    .setNamespace(NAMESPACE)
                    .setId(before.getFirst().getRunId()))
            .build();
    var stamp =
        CreateStampRequest.newBuilder().setContent(ByteString.copyFromUtf8("refused")).build();
    for (int i = 0; i < REFUSED; i++) {
      Refusal query =
          refusal(() -> {
            var unused = stack.log().readStream(read);
          });
      assertThat(query).isNotNull();
      query.shouldSayWhenToTryAgain();
      assertThat(query.reason()).isEqualTo("DATABASE_AWAY");
      figures.record("fail_fast_ms", query.took());
    }
    Refusal stamping =
        refusal(() -> {
          var unused = stack.stamping().createStamp(stamp);
        });
    assertThat(stamping).isNotNull();
    stamping.shouldSayWhenToTryAgain();
    figures.shouldBeKept("fail_fast_ms");
  }

  @Test
  @Order(4)
  void shouldGoOnWhenTheDatabaseIsBackAndHaveNothingHalfDone() throws Exception {
    deployment.startPostgres();
    long began = System.nanoTime();
    soon().until(() -> submit(refused.getFirst()) == null);
    System.out.printf(
        "submissions are accepted %d ms after PostgreSQL answers%n", since(began).toMillis());
    for (SubmitWorkflowRequest request : refused) {
      soon().until(() -> submit(request) == null);
      // While one append at a time finds out whether the database is back, others are refused.
      var again = Submissions.accepted(stack, request);
      assertThat(again.getExisted()).isTrue();
      Workflow done = completed(stack, again.getWorkflow());
      // Accepted at once after an outage, it may meet a service that has not seen its end.
      Journals.shouldBeWholeWithRetries(stack.journal(NAMESPACE, done.getRunId()));
    }
    // Of what was refused and not repeated there is nothing at all.
    assertThat(
            stack.count("select count(*) from workflow_executions where namespace = ?", NAMESPACE))
        .isEqualTo(BEFORE + REPEATED);
    assertThat(stack.count("select count(*) from request_ids where namespace = ?", NAMESPACE))
        .isEqualTo(BEFORE + REPEATED);
    assertThat(
            stack.count(
                "select count(distinct stream) from event_logs"
                    + " where namespace = ? and stream like 'workflow/%'",
                NAMESPACE))
        .isEqualTo(BEFORE + REPEATED);
  }

  @Test
  @Order(5)
  void shouldServeAgainWithEveryBreakerClosed() {
    soon()
        .untilAsserted(() -> {
          for (Peer peer : Peer.values()) {
            Pages pages = Pages.of(stack, peer);
            assertThat(pages.health().path("status").textValue()).isEqualTo("UP");
            assertThat(pages.rows("omnibridge_breaker_state").values())
                .as("%s", pages.rows("omnibridge_breaker_state"))
                .allMatch(state -> state == Breaker.CLOSED);
          }
        });
  }
}
