// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** From Kafka into the log: what others publish, once, whatever stands between. */
@Execution(ExecutionMode.CONCURRENT)
class InboxIT {
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final UUID correlation = UUID.randomUUID();
  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(
          Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
          new StringSerializer(),
          new ByteArraySerializer());

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @BeforeEach
  void start() {
    adapter = adapter();
  }

  @AfterEach
  void stop() {
    adapter.close();
    producer.close();
  }

  private RunningDbAdapter adapter() {
    return RunningDbAdapter.start(
        database, config -> Given.withInbox(config, environment, TestKafka.bootstrapServers()));
  }

  private String topic() {
    return environment + ".omninode-bridge.metadata.events.v1";
  }

  private void publish(String key, byte @Nullable [] value) throws Exception {
    var unused = producer.send(new ProducerRecord<>(topic(), key, value)).get(30, TimeUnit.SECONDS);
  }

  private byte[] event(String id, int number) {
    return """
    {"envelope_id": "%s", "event_type": "org.other.measured.v2",
    "envelope_timestamp": "2025-03-01T12:00:00Z",
     "source_node": "probe", "tenant_id": "lab", "correlation_id": "%s", "payload": {"number": %d}}
    """
        .formatted(id, correlation, number)
        .getBytes(StandardCharsets.UTF_8);
  }

  private List<RecordedEvent> found() {
    return LogServiceGrpc.newBlockingStub(adapter.channel())
        .queryEvents(
            QueryEventsRequest.newBuilder()
                .setCorrelationId(correlation.toString())
                .setOldestFirst(true)
                .build())
        .getEventsList();
  }

  private void foundInTheEnd(int count) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(found()).hasSize(count));
  }

  private long count(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void shouldTakeInWhatOthersPublishExactlyAsItIs() throws Exception {
    publish("file-1", event("m-1", 1));
    foundInTheEnd(1);
    var event = found().getFirst();
    assertThat(event.getBody().toByteArray()).isEqualTo(event("m-1", 1));
    assertThat(event.getType()).isEqualTo("org.other.measured.v2");
    assertThat(event.getStream().getKind()).isEqualTo("stamp");
    assertThat(event.getStream().getNamespace()).isEqualTo("lab");
    assertThat(event.getStream().getId()).isEqualTo("inbox/probe/file-1");
    assertThat(event.getLane()).isGreaterThanOrEqualTo(100);
    assertThat(event.getOccurredAt().getSeconds()).isEqualTo(1740830400L);
    assertThat(count("select count(*) from event_logs where original_id = 'm-1'")).isOne();
  }

  @Test
  void shouldKeepTheOrderOfAKeyAndNumberItsEvents() throws Exception {
    for (int i = 0; i < 50; i++) {
      publish("file-1", event("m-" + i, i));
    }
    foundInTheEnd(50);
    assertThat(found()).extracting(RecordedEvent::getVersion).isSorted().endsWith(50L);
  }

  @Test
  void shouldTakeADuplicateOnce() throws Exception {
    publish("file-1", event("m-1", 1));
    publish("file-1", event("m-1", 1));
    publish("file-1", event("m-2", 2));
    foundInTheEnd(2);
    publish("file-1", event("m-1", 1));
    publish("file-1", event("m-3", 3));
    foundInTheEnd(3);
    assertThat(found()).extracting(RecordedEvent::getVersion).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldIsolatePoisonAndGoOn() throws Exception {
    publish("file-1", event("m-1", 1));
    publish("file-1", null);
    publish("file-1", "not json".getBytes(StandardCharsets.UTF_8));
    publish("file-1", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8));
    publish("file-1", new byte[600 * 1024]);
    publish("file-1", event("m-2", 2));
    foundInTheEnd(2);
    assertThat(count("select count(*) from dead_letters where error_class = 'POISON'"))
        .isEqualTo(4);
    var letters =
        new RecordReader(TestKafka.bootstrapServers(), Duration.ofSeconds(60))
            .read(4, topic() + ".dlq");
    assertThat(letters)
        .extracting(letter ->
            new String(letter.headers().lastHeader("error_reason").value(), StandardCharsets.UTF_8))
        .containsExactly(
            "VALUE_MISSING", "ENVELOPE_MALFORMED", "ENVELOPE_MALFORMED", "BODY_TOO_LARGE");
  }

  @Test
  void shouldNotTakeInItsOwnEvents() throws Exception {
    var stub = LogServiceGrpc.newBlockingStub(adapter.channel());
    var unused = stub.append(append(first(run(), 5)).build());
    publish("file-1", event("m-1", 1));
    foundInTheEnd(1);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          // Positions of own records are stored with the next foreign one, or after a second.
          publish("file-1", event("m-1", 1));
          assertThat(count("select coalesce(sum(next_offset), 0) from consumer_positions"))
              .isGreaterThanOrEqualTo(6);
        });
    assertThat(count("select count(*) from events")).isEqualTo(6);
  }

  @Test
  void shouldResumeWhereItStoppedAfterARestart() throws Exception {
    publish("file-1", event("m-1", 1));
    foundInTheEnd(1);
    adapter.close();
    publish("file-1", event("m-2", 2));
    adapter = adapter();
    publish("file-1", event("m-3", 3));
    foundInTheEnd(3);
    assertThat(found()).extracting(RecordedEvent::getVersion).containsExactly(1L, 2L, 3L);
  }

  /** Blanks take next to nothing on their way: Kafka would give the whole backlog at once. */
  @Test
  void shouldTakeInACompressedBacklogInOrderWithPoisonAndWhatIsLargerThanABatchBetween()
      throws Exception {
    adapter.close();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            TestKafka.bootstrapServers(),
            "compression.type",
            "gzip",
            "enable.idempotence",
            false,
            "max.in.flight.requests.per.connection",
            1,
            "max.request.size",
            32 << 20);
    try (var compressing =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 1_500; i++) {
        byte[] event = event("m-%04d".formatted(i), i);
        var unused = compressing.send(padded("key-" + i % 20, event, 22_000));
        if (i % 100 == 50) {
          unused =
              compressing.send(padded("key-" + i % 20, new byte[0], i == 750 ? 17 << 20 : 400_000));
        }
      }
    }
    adapter = adapter();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertThat(count("select count(*) from events")).isEqualTo(1_500);
          assertThat(count("select count(*) from dead_letters")).isEqualTo(15);
        });
    assertThat(
            count(
                """
                select count(*) from (
                  select original_id <= lag(original_id)
                           over (partition by stream_id order by version) as repeated from events) e
                 where repeated
                """))
        .isZero();
    assertThat(count("select count(distinct original_id) from events")).isEqualTo(1_500);
  }

  private ProducerRecord<String, byte[]> padded(String key, byte[] value, int bytes) {
    byte[] padded = Arrays.copyOf(value, bytes);
    Arrays.fill(padded, value.length, bytes, (byte) ' ');
    return new ProducerRecord<>(topic(), key, padded);
  }
}
