// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Fact.Ended;
import dev.omnibridge.reducer.fold.Fact.Moved;
import dev.omnibridge.reducer.fold.Fact.Stamped;
import dev.omnibridge.reducer.fold.Fact.Started;
import dev.omnibridge.reducer.fold.Fact.StepEnded;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.Histories;
import dev.omnibridge.reducer.fold.Phase;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.stream.Records;
import dev.omnibridge.reducer.stream.Totals;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestKafka;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One log and one set of topics for all tests; each has reducers and namespaces of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReducerIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final Seeds seeds = Seeds.fromProperty();
  private RunningReducer running;
  private String namespace = "";

  @BeforeAll
  void setUp() throws Exception {
    running = new RunningReducer(Map.of());
  }

  @BeforeEach
  void inANamespaceOfItsOwn() {
    namespace = "reduced-" + UUID.randomUUID();
  }

  @AfterEach
  void stopTheReducers() throws Exception {
    running.stopAll();
  }

  @AfterAll
  void tearDown() throws Exception {
    running.close();
  }

  @Test
  void shouldShowARunAndItsNamespaceOnceTheLogHasThem() throws Exception {
    running.start();
    var run = run();
    running.append(
        events(
            run,
            new Started(),
            new Moved("PENDING", "RUNNING"),
            new StepEnded(false),
            new StepEnded(true),
            new Moved("RUNNING", "COMPLETED"),
            new Ended(Phase.COMPLETED)));
    running.append(events(file("a"), new Stamped(120, "txt")));

    var state = projected(run, 6);
    assertThat(state.getState()).isEqualTo("COMPLETED");
    assertThat(state.getStepsCompleted()).isEqualTo(2);
    assertThat(state.getTransitionsList())
        .extracting(t -> t.getVersion() + t.getTransitionEvent())
        .containsExactly("1workflow_submitted", "2workflow_started", "5workflow_completed");
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(Fault.class)
        .untilAsserted(() -> assertThat(running.bridge(namespace).getTotalStamps()).isEqualTo(1));
    var bridge = running.bridge(namespace);
    assertThat(bridge.getWorkflowsCompleted()).isEqualTo(1);
    assertThat(bridge.getWorkflowsActive()).isZero();
    assertThat(bridge.getStepsDegraded()).isEqualTo(1);
    assertThat(bridge.getTotalSizeBytes()).isEqualTo(120);
    assertThat(bridge.getFsmState()).isEqualTo("idle");
  }

  @Test
  void shouldBeUpWhileKafkaIsThere() throws Exception {
    running.start();
    var health = HttpRequest.newBuilder(running.pages().resolve("/health")).build();
    try (var http = HttpClient.newHttpClient()) {
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(http.send(health, BodyHandlers.ofString()).body())
                  .contains("\"status\":\"UP\"")
                  .doesNotContain("projection"));
    }
  }

  @Test
  void shouldAnnounceEveryCommitOnKafka() throws Exception {
    running.start();
    running.append(events(run(), new Started()));
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(Fault.class)
        .untilAsserted(
            () -> assertThat(running.bridge(namespace).getWorkflowsActive()).isEqualTo(1));
    var reader = new RecordReader(TestKafka.bootstrapServers(), LIMIT);
    var records = reader.readUntil(this::isOfThisTest, running.topic("state.events.v1"));
    assertThat(records.stream().map(ReducerIT::text).filter(text -> text.contains(namespace)))
        .first(InstanceOfAssertFactories.STRING)
        .contains("dev.omnibridge.state.committed.v1")
        .contains("\"state_version\":1");
  }

  private boolean isOfThisTest(List<ConsumerRecord<String, byte[]>> records) {
    return records.stream().anyMatch(record -> text(record).contains(namespace));
  }

  private static String text(ConsumerRecord<String, byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldAddUpTheSameWhenItIsRestartedAndAnotherReducerFightsForThePartitions()
      throws Exception {
    var streams = streams("it", 300);
    running.start();
    var other = running.startAnother(Map.of());
    try {
      for (int i = 0; i < streams.size(); i++) {
        running.append(streams.get(i));
        if (i == 150) {
          running.stop();
        }
      }
    } finally {
      other.stop();
    }
    running.start();
    awaitTotals(streams);
  }

  @Test
  void shouldShareThePartitionsWithAnotherReducerOfItsGroup() throws Exception {
    var streams = streams("group", 100);
    running.start();
    var group = Map.of("REDUCER_SOLE", "false");
    var second = running.startAnother(group);
    var third = running.startAnother(group);
    try {
      running.stop();
      for (List<Heard> stream : streams) {
        running.append(stream);
      }
      running.start();
      awaitTotals(streams);
    } finally {
      second.stop();
      third.stop();
    }
  }

  @Test
  void shouldGoOnBehindPoison() throws Exception {
    running.start();
    running.append(events(run(), new Started()));
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(Fault.class)
        .untilAsserted(
            () -> assertThat(running.bridge(namespace).getWorkflowsActive()).isEqualTo(1));
    poison(running.topic("workflow.events.v1"));
    var streams = new ArrayList<StreamKey>();
    for (int i = 0; i < 30; i++) {
      streams.add(run());
      running.append(events(streams.get(i), new Started()));
    }
    for (StreamKey stream : streams) {
      assertThat(projected(stream, 1).getState()).isEqualTo("PENDING");
    }
  }

  @Test
  void shouldNotCountTheRecordsOfAnotherLog() throws Exception {
    running.start();
    var own = run();
    running.append(events(own, new Started()));
    var unused = projected(own, 1);
    publish(run(), UUID.randomUUID().toString());
    // Behind it in the same partition: once this one is counted, the one before has been seen.
    var unnamed = run();
    publish(unnamed, "");
    unused = projected(unnamed, 1);
    assertThat(running.bridge(namespace).getEventsFolded()).isEqualTo(2);
  }

  /** The state of a run from the projection, which a request waits for no longer than 10 s. */
  private GetWorkflowStateResponse projected(StreamKey run, long version) {
    return await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(Fault.class)
        .until(
            () -> running.workflow(run, version),
            state -> state.getSource() == StateSource.STATE_SOURCE_PROJECTION);
  }

  private void publish(StreamKey run, String logId) throws Exception {
    var sent =
        new ProducerRecord<>(running.topic("workflow.events.v1"), 0, new byte[] {1}, body(run));
    header(sent, EventHeaders.STREAM, "workflow/" + namespace + "/" + run.id());
    header(sent, EventHeaders.VERSION, "1");
    header(sent, EventHeaders.LOG_ID, logId);
    Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(sent).get(30, SECONDS);
    }
  }

  private static byte[] body(StreamKey stream) {
    var started = new Heard(stream, 1, Instant.now(), new Started());
    return Records.event(started).getBody().toByteArray();
  }

  private static void header(ProducerRecord<byte[], byte[]> sent, String name, String value) {
    sent.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void poison(String topic) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int partition = 0; partition < 6; partition++) {
        producer
            .send(new ProducerRecord<>(topic, partition, null, new byte[] {'{', 0}))
            .get(30, SECONDS);
      }
    }
  }

  /** Made-up streams in two namespaces of this test. */
  private List<List<Heard>> streams(String seed, int count) {
    return new Histories(seeds.random(seed), 2)
        .streams(count).stream().map(stream -> stream.stream().map(this::moved).toList()).toList();
  }

  private Heard moved(Heard heard) {
    StreamKey stream = heard.stream();
    var own = new StreamKey(stream.kind(), namespace + stream.namespace(), stream.id());
    return new Heard(own, heard.version(), heard.at(), heard.fact());
  }

  private void awaitTotals(List<List<Heard>> streams) {
    var expected = new Totals(streams);
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(Fault.class)
        .untilAsserted(() -> {
          for (String namespace : expected.namespaces()) {
            var counters = expected.counters(namespace);
            var bridge = running.bridge(namespace);
            assertThat(bridge.getEventsFolded()).as(seeds.hint()).isEqualTo(counters.events());
            assertThat(bridge.getTotalSizeBytes()).isEqualTo(counters.bytes());
            assertThat(bridge.getTotalStamps()).isEqualTo(counters.stamps());
            assertThat(bridge.getWorkflowsActive()).isEqualTo(counters.active());
            assertThat(bridge.getWorkflowsFailed()).isEqualTo(counters.failed());
            assertThat(bridge.getStepsCompleted()).isEqualTo(counters.steps());
            assertThat(bridge.getFileTypesMap()).isEqualTo(expected.fileTypes(namespace));
          }
        });
  }

  private StreamKey run() {
    return new StreamKey("workflow", namespace, UUID.randomUUID().toString());
  }

  private StreamKey file(String digit) {
    return new StreamKey("stamp", namespace, digit.repeat(64));
  }

  private static List<Heard> events(StreamKey stream, Fact... facts) {
    var events = new ArrayList<Heard>();
    for (Fact fact : facts) {
      events.add(new Heard(stream, events.size() + 1, Instant.now(), fact));
    }
    return events;
  }
}
