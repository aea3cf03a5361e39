// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.runtime.rpc.Peer;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * The process of db-adapter is killed at the two worst moments:
 *
 * <pre>
 * in the middle of a batch from Kafka -> its successor stores each event once, in order
 * in an outage of Kafka -> its successor replays what waits, no faster than it is told to
 * </pre>
 *
 * The last of the stories: those who hold times find no process that has just begun.
 */
@Story(only = Way.FIVE_PROCESSES)
@Order(Story.ORDER + 2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseAdapterKilledIT {
  private static final String NAMESPACE = "killed";

  /** So many more follow the kill; and the kill comes before so many. */
  private static final int AFTER = 2_000;

  private static final int MOST = 400_000;
  private static final int KEYS = 40;
  private static final int REPLAY_PER_SECOND = 100;
  private static final int MOST_PER_SECOND = 110;
  private static final int STREAMS = 25;

  private static Deployment deployment;

  private final Thresholds figures;

  DatabaseAdapterKilledIT(Way way) {
    figures = way.figures();
  }

  @BeforeParameterizedClassInvocation
  static void start(Way way) throws Exception {
    deployment = Deployment.shared(way);
  }

  @AfterParameterizedClassInvocation
  static void takeTheUsualOneAgain() throws Exception {
    replace(kill(), Map.of());
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5));
  }

  private static ServiceProcess kill() throws Exception {
    return deployment.processes().kill(Peer.DB_ADAPTER);
  }

  private static void replace(ServiceProcess killed, Map<String, String> environment)
      throws Exception {
    var unused = deployment.processes().replace(killed, environment);
  }

  @Test
  @Order(1)
  void shouldStoreEachEventOnceWhenItIsKilledInTheMiddleOfABatch() throws Exception {
    Stack stack = deployment.stack();
    long letters = stack.count(LETTERS);
    var correlation = UUID.randomUUID();
    var enough = new AtomicBoolean();
    try (var publisher = new Publisher(stack, "codegen.events.v1");
        var eyes = new Eyes(stack, correlation);
        var elsewhere = Executors.newSingleThreadExecutor()) {
      var sending = elsewhere.submit(() -> send(publisher, correlation, enough));
      soon().until(() -> eyes.count() > 0);
      var killed = kill();
      enough.set(true);
      long before = eyes.count();
      int sent = sending.get(60, TimeUnit.SECONDS);
      assertThat(before).as("stored before the kill").isPositive();
      assertThat(sent).as("sent, and on after the kill").isLessThan(MOST);
      replace(killed, Map.of());
      long began = System.nanoTime();
      var quiet = eyes.quiet(sent);
      System.out.printf(
          "killed after %d of %d events; the rest was stored %d ms after its successor served%n",
          before, sent, Duration.ofNanos(quiet.since() - began).toMillis());
      quiet.tally().tell(figures);
    }
    figures.shouldBeKept("event_loss", "duplicate_share");
    assertThat(stack.count(OUT_OF_ORDER, correlation)).isZero();
    assertThat(stack.count(LETTERS)).isEqualTo(letters);
  }

  /** As fast as Kafka takes them, and some more when it is told that there are enough. */
  private static int send(Publisher publisher, UUID correlation, AtomicBoolean enough) {
    int sent = 0;
    for (int more = AFTER; more > 0 && sent < MOST; sent++) {
      var unused =
          publisher.send("key-" + sent % KEYS, Publisher.event("k-" + sent, correlation, sent));
      if (enough.get()) {
        more--;
      }
    }
    publisher.flush();
    return sent;
  }

  private static final String LETTERS = "select count(*) from dead_letters";

  private static final String OUT_OF_ORDER =
      """
      select count(*) from
        (select (payload ->> 'number')::int as number, version,
                row_number() over (partition by stream order by version) as place,
                lag((payload ->> 'number')::int) over (partition by stream order by version) as before
           from event_logs where correlation_id = ?) as ordered
       where number <= before or version <> place
      """;

  @Test
  @Order(2)
  void shouldLoseNothingWhenItIsKilledInAnOutageOfKafkaAndReplayAtItsPace() throws Exception {
    Stack stack = deployment.stack();
    var events = new OwnEvents(stack, NAMESPACE);
    events.write(STREAMS);
    OwnEvents.awaitDrained(stack);
    deployment.stopKafka();
    for (int round = 0; round < 8; round++) {
      events.write(STREAMS);
    }
    var killed = kill();
    replace(killed, Map.of("DB_ADAPTER_REPLAY_PER_SECOND", Integer.toString(REPLAY_PER_SECOND)));
    for (int round = 0; round < 3; round++) {
      events.write(STREAMS);
    }
    Workflow run = run(stack);
    deployment.startKafka();
    var took = OwnEvents.awaitDrained(stack);

    // The log has each event once; a relay that takes over may publish again what it finds, so on
    // Kafka the first occurrences count.
    events.inTheLog().tell(figures);
    var records = events.records();
    var onKafka = Tally.of(events.written(), records);
    figures.share("event_loss", onKafka.lost(), onKafka.expected());
    figures.shouldBeKept("event_loss", "duplicate_share");
    Journals.shouldBeOnKafkaOnceAndInOrder(OwnEvents.firsts(records), events.journals());
    var replayed = records.stream().filter(DatabaseAdapterKilledIT::isReplayed).toList();
    int most = mostInASecond(replayed);
    System.out.printf(
        "%d events replayed in %d ms, at most %d in one second; %d came twice%n",
        replayed.size(), took.toMillis(), most, onKafka.repeated());
    assertThat(replayed).hasSizeGreaterThanOrEqualTo(11 * STREAMS);
    assertThat(most).isBetween(REPLAY_PER_SECOND / 2, MOST_PER_SECOND);
    // Those who call db-adapter find its successor when they look for it again.
    Journals.shouldBeWholeWithRetries(stack.journal(NAMESPACE, run.getRunId()));
  }

  private static Workflow run(Stack stack) {
    var input = Map.of("text", "class K {}\n", "path", "K.java");
    var request = Submissions.of(NAMESPACE, Submissions.stampOne(), input).build();
    Workflow done = Submissions.await(stack, Submissions.accepted(stack, request).getWorkflow());
    assertThat(done.getState()).isEqualTo(WorkflowState.WORKFLOW_STATE_COMPLETED);
    return done;
  }

  /** The first event of each stream went before the outage. */
  private static boolean isReplayed(ConsumerRecord<String, byte[]> found) {
    return Long.parseLong(Journals.header(found, "ob_version")) > 1;
  }

  /** By the times at which they were sent. */
  private static int mostInASecond(List<ConsumerRecord<String, byte[]>> records) {
    long[] times = records.stream().mapToLong(ConsumerRecord::timestamp).sorted().toArray();
    int most = 0;
    for (int first = 0, last = 0; last < times.length; last++) {
      while (times[last] - times[first] >= 1_000) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
