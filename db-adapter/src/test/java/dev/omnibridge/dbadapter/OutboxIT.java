// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.any;
import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.dbadapter.store.Backlog;
import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** From the log to Kafka, with a broker that goes and comes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutboxIT {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  private EmbeddedKafka kafka;

  @SuppressWarnings("NullAway.Init")
  private TestPostgres.Database database;

  @SuppressWarnings("NullAway.Init")
  private String environment;

  private final List<RunningDbAdapter> adapters = new ArrayList<>();

  @BeforeAll
  void startKafka() {
    kafka = EmbeddedKafka.start(EmbeddedKafka.Options.in(directory));
  }

  @AfterAll
  void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void prepare() {
    kafka.restart();
    database = MigratedDatabase.fresh();
    environment = dev.omnibridge.testkit.TestKafka.uniquePrefix() + "env";
  }

  @AfterEach
  void closeAdapters() {
    adapters.forEach(RunningDbAdapter::close);
    adapters.clear();
  }

  private RunningDbAdapter adapter() {
    var adapter =
        RunningDbAdapter.start(
            database,
            config ->
                Given.on(
                    config,
                    environment,
                    kafka.bootstrapServers(),
                    config.inbox(),
                    config.outbox()));
    adapters.add(adapter);
    return adapter;
  }

  private static void write(RunningDbAdapter adapter, AppendRequest.Builder request) {
    var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
  }

  private String topic() {
    return environment + ".omninode-bridge.workflow.events.v1";
  }

  /** So many different events at least; a record may come twice. */
  private List<ConsumerRecord<String, byte[]>> read(int events) {
    return new RecordReader(kafka.bootstrapServers(), Duration.ofSeconds(60))
        .readUntil(
            records ->
                records.stream().map(found -> header(found, EventHeaders.ID)).distinct().count()
                    >= events,
            topic());
  }

  /** All is published; so the topics are there, too, which a reader takes as they are. */
  private static void drained(RunningDbAdapter adapter) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(adapter.verticle().backlog().toCompletionStage().toCompletableFuture().get())
                .isEqualTo(new Backlog(0, 0)));
  }

  private static String header(ConsumerRecord<String, byte[]> found, String name) {
    Header header = found.headers().lastHeader(name);
    assertThat(header).as(name).isNotNull();
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Every event where it comes first; it may come again. */
  private static List<ConsumerRecord<String, byte[]>> once(
      List<ConsumerRecord<String, byte[]>> records) {
    var ids = new HashSet<String>();
    return records.stream().filter(found -> ids.add(header(found, EventHeaders.ID))).toList();
  }

  /** Versions of each stream in the order of their first appearance. */
  private static Map<String, List<Long>> firstAppearances(
      List<ConsumerRecord<String, byte[]>> records) {
    var versions = new HashMap<String, List<Long>>();
    var seen = new HashSet<String>();
    for (var found : records) {
      if (seen.add(header(found, EventHeaders.ID))) {
        versions
            .computeIfAbsent(found.key(), _ -> new ArrayList<>())
            .add(Long.parseLong(header(found, EventHeaders.VERSION)));
      }
    }
    return versions;
  }

  @Test
  void shouldPublishEveryEventAsItWasAppended() {
    var adapter = adapter();
    var stream = run();
    var appended = first(stream, 3);
    write(adapter, append(appended));
    drained(adapter);
    var records = once(read(3));
    assertThat(records)
        .extracting(ConsumerRecord::value)
        .containsExactly(
            appended.getEventsList().stream()
                .map(event -> event.getBody().toByteArray())
                .toArray(byte[][]::new));
    var last = records.getLast();
    assertThat(last.key()).isEqualTo("workflow/default/" + stream.getId());
    assertThat(header(last, EventHeaders.TYPE)).isEqualTo(Given.STEP_COMPLETED);
    assertThat(header(last, EventHeaders.ID)).isEqualTo(appended.getEvents(2).getEventId());
    assertThat(header(last, EventHeaders.VERSION)).isEqualTo("3");
    assertThat(header(last, EventHeaders.POSITION)).isEqualTo("3");
    assertThat(header(last, EventHeaders.SOURCE)).isEqualTo("/omnibridge/orchestrator");
    assertThat(header(last, EventHeaders.LOG_ID)).isEqualTo(logId(adapter));
  }

  private static String logId(RunningDbAdapter adapter) {
    return LogServiceGrpc.newBlockingStub(adapter.channel())
        .getPositions(
            GetPositionsRequest.newBuilder().setConsumer("c").setClusterId("cluster").build())
        .getLogId();
  }

  @Test
  void shouldKeepTheOrderOfEveryStream() {
    var adapter = adapter();
    var streams = List.of(run(), run(), run(), run(), run(), run());
    for (int i = 0; i < 50; i++) {
      for (StreamName stream : streams) {
        write(adapter, append(any(stream, 1 + i % 3)));
      }
    }
    drained(adapter);
    var versions = firstAppearances(read(6 * 99));
    assertThat(versions)
        .hasSize(6)
        .allSatisfy((_, seen) -> assertThat(seen).isSorted().hasSize(99));
  }

  @Test
  void shouldAcceptAppendsWhileKafkaIsAwayAndPublishThemInOrderWhenItIsBack() {
    var adapter = adapter();
    var streams = List.of(run(), run(), run());
    streams.forEach(stream -> write(adapter, append(any(stream, 2))));
    drained(adapter);
    kafka.stop();
    for (int i = 0; i < 40; i++) {
      streams.forEach(stream -> write(adapter, append(any(stream, 2))));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(adapter.verticle().kafkaAnswers()).isFalse());
    kafka.restart();
    drained(adapter);
    var versions = firstAppearances(read(3 * 82));
    assertThat(versions)
        .hasSize(3)
        .allSatisfy((_, seen) -> assertThat(seen).isSorted().hasSize(82).doesNotHaveDuplicates());
    assertThat(adapter.verticle().kafkaAnswers()).isTrue();
  }

  @Test
  void shouldStartWithoutKafkaAndMakeTheTopicsLater() {
    kafka.stop();
    var adapter = adapter();
    var streams = List.of(run(), run(), run(), run());
    streams.forEach(stream -> write(adapter, append(first(stream, 5))));
    kafka.restart();
    drained(adapter);
    assertThat(firstAppearances(read(20)))
        .hasSize(4)
        .allSatisfy((_, seen) -> assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L));
  }

  @Test
  void shouldHandALaneOverWhenItsRelayGoes() {
    var going = adapter();
    var staying = adapter();
    var stream = run();
    for (int i = 0; i < 30; i++) {
      write(going, append(any(stream, 1)));
    }
    adapters.remove(going);
    going.close();
    for (int i = 0; i < 30; i++) {
      write(staying, append(any(stream, 1)));
    }
    drained(staying);
    var versions = firstAppearances(read(60)).get("workflow/default/" + stream.getId());
    assertThat(versions).isSorted().hasSize(60);
  }

  @Test
  void shouldPublishDeadLettersWithTheirReason() {
    var adapter = adapter();
    var letter =
        DeadLetter.newBuilder()
            .setPartition(Given.move("reducer", 2, -1, 8).getPartition())
            .setTopic(topic())
            .setOffset(7)
            .setKey(ByteString.copyFromUtf8("k"))
            .addHeaders(
                RecordHeader.newBuilder().setKey("own").setValue(ByteString.copyFromUtf8("kept")))
            .setErrorClass("POISON")
            .setErrorReason("ENVELOPE_MALFORMED")
            .setErrorMessage("It is not JSON.");
    write(adapter, append().addPositions(Given.move("reducer", 2, -1, 8)).addDeadLetters(letter));
    drained(adapter);
    var found =
        new RecordReader(kafka.bootstrapServers(), Duration.ofSeconds(60))
            .read(1, topic() + ".dlq")
            .getFirst();
    assertThat(found.key()).isEqualTo("k");
    assertThat(found.value()).isNull();
    assertThat(header(found, "own")).isEqualTo("kept");
    assertThat(header(found, "__connect.errors.topic")).isEqualTo(topic());
    assertThat(header(found, "__connect.errors.partition")).isEqualTo("2");
    assertThat(header(found, "__connect.errors.offset")).isEqualTo("7");
    assertThat(header(found, "__connect.errors.connector.name")).isEqualTo("reducer");
    assertThat(header(found, "__connect.errors.exception.message")).isEqualTo("It is not JSON.");
    assertThat(header(found, "error_class")).isEqualTo("POISON");
  }
}
