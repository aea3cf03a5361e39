// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.e2e.Pages.Breaker;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.Thresholds;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * Kafka goes and comes back, and goes again for longer; told in the order in which it happens:
 *
 * <pre>
 * Kafka stops -> five failures -> breaker OPEN -> Kafka is back -> HALF_OPEN, one success, two
 *   -> Kafka stops -> one failure -> OPEN -> probes, one at a time, each failure opens again
 *   -> workflows, stamps and queries go on; DEGRADED, never down
 *   -> Kafka is back -> the backlog follows in order -> CLOSED, UP
 * </pre>
 *
 * Of a hundred events thirty are written before the outage, forty within it, thirty after it.
 * Nobody is killed, so Kafka has each of them once, also those that waited.
 */
@Story
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EventBusResilienceIT {
  private static final String NAMESPACE = "resilience";
  private static final int STREAMS = 10;
  private static final int FAILURES = 5;
  private static final int RUNS = 30;
  private static final int APPENDS = 200;

  /** So many of them may meet a disk that is busy. */
  private static final int LATE = APPENDS / 20;

  private static final Duration AT_ONCE = Duration.ofMillis(500);

  /** Who waits for Kafka waits for two seconds. */
  private static final Duration LESS_THAN_KAFKA = Duration.ofSeconds(1);

  /** What a machine with other work may add to a median from one minute to the next. */
  private static final double SLOWER = 2;

  private static final double ODD_MILLIS = 5;

  private static Deployment deployment;

  /** The hundred events. */
  private static OwnEvents hundred;

  /** One stream, so one lane: its relay is the only one that calls Kafka. */
  private static OwnEvents single;

  private static EverydayCalls everyday;
  private static Thresholds usual;
  private static Map<String, Double> openedBefore;
  private static Breaker outageBegan;
  private static List<Workflow> ranInTheOutage;

  private final Stack stack = deployment.stack();
  private final Thresholds figures;

  EventBusResilienceIT(Way way) {
    figures = way.figures();
  }

  @BeforeParameterizedClassInvocation
  static void start(Way way) throws Exception {
    deployment = Deployment.warm(way);
    Stack stack = deployment.stack();
    hundred = new OwnEvents(stack, NAMESPACE + "-hundred");
    single = new OwnEvents(stack, NAMESPACE + "-single");
    ranInTheOutage = new ArrayList<>();
    everyday = new EverydayCalls(stack, NAMESPACE);
    everyday.warmUp();
    usual = new Thresholds();
    everyday.measure(usual);
    for (int round = 0; round < 3; round++) {
      hundred.write(STREAMS);
    }
    OwnEvents.awaitDrained(stack);
    openedBefore = Pages.openings(stack, "kafka");
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }

  private Breaker kafka() {
    return Pages.of(stack, Peer.DB_ADAPTER).breaker("outbox", "kafka");
  }

  @Test
  @Order(1)
  void shouldOpenTheBreakerOnTheFifthFailureInARowWithinItsLimit() {
    // From here on every call of Kafka is due to what is written here.
    OwnEvents.awaitQuiet(stack);
    Breaker before = kafka();
    assertThat(before.state()).isEqualTo(Breaker.CLOSED);
    deployment.stopKafka();
    single.write(1);
    var looked = new ArrayList<Long>();
    soon()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> {
          long at = System.nanoTime();
          Breaker now = kafka();
          if (now.failed() - before.failed() < FAILURES) {
            looked.add(at);
          }
          return now.state() == Breaker.OPEN;
        });
    // From the last look that found fewer failures: no shorter than from the fifth itself.
    var took = Duration.ofNanos(System.nanoTime() - looked.getLast());
    figures.record("circuit_breaker_open_ms", took);
    // Five for the first opening, and one for each that the looks were too late to miss.
    soon()
        .untilAsserted(() -> {
          Breaker now = kafka();
          assertThat(now.failed() - before.failed())
              .isEqualTo(FAILURES + now.opened() - before.opened() - 1);
        });
    figures.shouldBeKept("circuit_breaker_open_ms");
  }

  @Test
  @Order(2)
  void shouldStayHalfOpenWhileTooFewCallsHaveSucceededAndOpenAgainOnOneFailure() {
    deployment.startKafka();
    for (int successes = 1; successes <= 2; successes++) {
      OwnEvents.awaitDrained(stack);
      assertThat(kafka().state()).as("after %d", successes).isEqualTo(Breaker.HALF_OPEN);
      if (successes == 1) {
        single.write(1);
      }
    }
    Breaker before = kafka();
    deployment.stopKafka();
    single.write(1);
    soon()
        .untilAsserted(() -> {
          Breaker now = kafka();
          assertThat(now.state()).isEqualTo(Breaker.OPEN);
          assertThat(now.opened() - before.opened())
              .isPositive()
              .isEqualTo(now.failed() - before.failed());
          outageBegan = now;
        });
  }

  /**
   * Who publishes while the breaker is open is answered at once, though not with a failure: the log
   * has the event, and nobody asks Kafka for it.
   */
  @Test
  @Order(3)
  void shouldTakeEventsAtOnceWhileTheBreakerIsOpen() throws Exception {
    for (int round = 0; round < 4; round++) {
      hundred.write(STREAMS);
    }
    assertThat(hundred.stored()).isEqualTo(70);
    var times = new ArrayList<Duration>();
    for (int i = 0; i < APPENDS; i++) {
      soon().pollDelay(Duration.ZERO).until(() -> kafka().state() == Breaker.OPEN);
      long began = System.nanoTime();
      single.write(1);
      times.add(Duration.ofNanos(System.nanoTime() - began));
    }
    times.sort(null);
    assertThat(times.get(APPENDS - 1 - LATE))
        .as("appends, none of which waits for Kafka, took %s", times)
        .isLessThan(AT_ONCE);
    assertThat(times.getLast()).as("the slowest of %s", times).isLessThan(LESS_THAN_KAFKA);
    assertThat(OwnEvents.backlog(stack)).isGreaterThanOrEqualTo(40 + APPENDS);
  }

  @Test
  @Order(4)
  void shouldCompleteWorkflowsAndKeepTheirStampsWhileKafkaIsAway() throws Exception {
    long before = stamps();
    for (int i = 0; i < RUNS; i++) {
      Workflow done = everyday.run(Submissions.stampOne());
      Journals.shouldBeWhole(stack.journal(NAMESPACE, done.getRunId()));
      ranInTheOutage.add(done);
    }
    assertThat(stamps() - before).isEqualTo(RUNS);
    assertThat(
            stack.count(
                "select count(*) from workflow_executions"
                    + " where namespace = ? and current_state = 'COMPLETED'",
                NAMESPACE))
        .isEqualTo(everyday.runs());
  }

  private long stamps() throws Exception {
    return stack.count("select count(*) from metadata_stamps where file_path like 'src/R%'");
  }

  /**
   * Within their limits, and the medians near those before: what else the machine does is in both.
   */
  @Test
  @Order(5)
  void shouldKeepDatabaseStampingAndIntelligenceAsFastAsBefore() {
    everyday.measure(figures);
    System.out.print("Before the outage:\n" + usual.table());
    System.out.print("While Kafka is away:\n" + figures.table());
    figures.shouldBeKept(EverydayCalls.STAMP, EverydayCalls.WITHOUT, EverydayCalls.WITH);
    assertThat(slower(figures)).as("slower than before").isEmpty();
  }

  private static List<String> slower(Thresholds measured) {
    return measured.summaries().stream()
        .filter(now -> now.p50() >= SLOWER * usual.summary(now.name()).p50() + ODD_MILLIS)
        .map(Thresholds.Summary::name)
        .toList();
  }

  @Test
  @Order(6)
  void shouldBeDegradedWithTheReasonAndServeEverything() {
    soon()
        .untilAsserted(() -> {
          var health = Pages.of(stack, Peer.DB_ADAPTER).health();
          assertThat(health.path("status").textValue()).isEqualTo("DEGRADED");
          assertThat(health.path("parts").path("kafka").textValue()).contains("takes no records");
          assertThat(health.path("parts").path("outbox").textValue()).contains("wait for Kafka");
        });
    for (Peer peer : Peer.values()) {
      var health = Pages.of(stack, peer).health();
      assertThat(health.path("status").textValue()).as("%s", health).isIn("UP", "DEGRADED");
      var served =
          HealthGrpc.newBlockingStub(stack.channel(peer))
              .withDeadlineAfter(5, TimeUnit.SECONDS)
              .check(HealthCheckRequest.newBuilder().setService(peer.contract()).build());
      assertThat(served.getStatus()).as(peer.service()).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  @Order(7)
  void shouldOpenNoBreakerButThatOfKafka() {
    assertThat(openedBefore.keySet())
        .anyMatch(row -> row.contains("\"postgresql\""))
        .anyMatch(row -> row.contains("\"intelligence-service\""))
        .anyMatch(row -> row.contains("\"stamping-service\""));
    assertThat(Pages.openings(stack, "kafka")).isEqualTo(openedBefore);
    assertThat(OwnEvents.outbox(stack).getDependenciesList())
        .extracting(one -> one.getName() + " " + one.getState())
        .contains("postgresql BREAKER_STATE_CLOSED")
        .doesNotContain("kafka BREAKER_STATE_CLOSED");
  }

  /** All lanes have records that wait; each opening is due to one failed call, not to several. */
  @Test
  @Order(8)
  void shouldProbeWithOneCallAtATimeAndOpenAgainWheneverItFails() {
    assertThat(OwnEvents.outbox(stack).getLanesList())
        .filteredOn(lane -> lane.getBacklog() > 0)
        .hasSizeGreaterThanOrEqualTo(3);
    soon()
        .untilAsserted(() -> {
          Breaker now = kafka();
          assertThat(now.opened() - outageBegan.opened()).isGreaterThanOrEqualTo(3);
          assertThat(now.failed() - outageBegan.failed())
              .isEqualTo(now.opened() - outageBegan.opened());
          assertThat(now.refused()).isGreaterThan(outageBegan.refused());
        });
  }

  @Test
  @Order(9)
  void shouldHaveTheWholeBacklogOnKafkaSoonAfterItAnswers() throws Exception {
    long waited = OwnEvents.backlog(stack);
    assertThat(waited).isGreaterThanOrEqualTo(40 + APPENDS);
    try (var broker = BrokerWatch.of(stack.kafka().bootstrapServers());
        var elsewhere = Executors.newSingleThreadExecutor()) {
      var starting = elsewhere.submit(deployment::startKafka);
      var unused = OwnEvents.awaitDrained(stack);
      var took = broker.before(System.nanoTime());
      System.out.printf("%d events that waited for Kafka took %s%n", waited, took);
      figures.record("recovery_ms", took);
      starting.get(60, TimeUnit.SECONDS);
    }
    figures.shouldBeKept("recovery_ms");
  }

  @Test
  @Order(10)
  void shouldHaveReplayedEveryStreamInItsOrder() {
    var journals = new HashMap<String, List<RecordedEvent>>();
    for (Workflow run : ranInTheOutage) {
      journals.put(
          "workflow/" + NAMESPACE + "/" + run.getRunId(), stack.journal(NAMESPACE, run.getRunId()));
    }
    var records = Journals.onKafka(stack, "workflow.events.v1", journals.keySet());
    Journals.shouldBeOnKafkaOnceAndInOrder(records, journals);
    Journals.shouldBeOnKafkaOnceAndInOrder(single.records(), single.journals());
  }

  @Test
  @Order(11)
  void shouldHaveAHundredEventsOnceAlthoughFortyFellIntoTheOutage() throws Exception {
    for (int round = 0; round < 3; round++) {
      hundred.write(STREAMS);
    }
    assertThat(hundred.written()).isEqualTo(100);
    var records = hundred.records();
    hundred.inTheLog().tell(figures);
    Tally.of(hundred.written(), records).tell(figures);
    figures.shouldBeKept("event_loss", "duplicate_share");
    Journals.shouldBeOnKafkaOnceAndInOrder(records, hundred.journals());
  }

  @Test
  @Order(12)
  void shouldCloseTheBreakerBeUpAndFoldWhatHappenedMeanwhile() {
    assertThat(kafka().state()).isEqualTo(Breaker.CLOSED);
    soon()
        .untilAsserted(() ->
            assertThat(Pages.of(stack, Peer.DB_ADAPTER).health().path("status").textValue())
                .isEqualTo("UP"));
    for (Workflow run : ranInTheOutage) {
      var state =
          stack
              .state()
              .getWorkflowState(
                  GetWorkflowStateRequest.newBuilder()
                      .setNamespace(NAMESPACE)
                      .setRunId(run.getRunId())
                      .setRequiredVersion(run.getVersion())
                      .setMaxWait(com.google.protobuf.Duration.newBuilder().setSeconds(10))
                      .build());
      assertThat(state.getState()).isEqualTo("COMPLETED");
    }
  }
}
