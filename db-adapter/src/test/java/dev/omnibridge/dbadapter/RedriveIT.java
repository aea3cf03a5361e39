// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.by;
import static dev.omnibridge.dbadapter.Letters.letter;
import static dev.omnibridge.dbadapter.Letters.reasonOf;
import static dev.omnibridge.dbadapter.Letters.redrive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.testkit.RecordReader;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/** Dead letters on their way back, through a real broker and into the log. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(
    value = RedriveIT.MACHINE,
    mode = ResourceAccessMode.READ,
    target = ResourceLockTarget.CHILDREN)
class RedriveIT {
  /** Shared by the tests that may run side by side; the one that measures a rate is alone. */
  static final String MACHINE = "the machine of RedriveIT";

  private static final int LIMIT_SECONDS = 40;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final String topic = environment + ".omninode-bridge.metadata.events.v1";
  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(
          Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
          new StringSerializer(),
          new ByteArraySerializer());

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @SuppressWarnings("NullAway.Init")
  private Letters letters;

  @BeforeEach
  void start() {
    adapter =
        RunningDbAdapter.start(
            database, config -> Given.withInbox(config, environment, TestKafka.bootstrapServers()));
    letters = new Letters(adapter.channel());
  }

  @AfterEach
  void stop() {
    adapter.close();
    producer.close();
  }

  private static void inTheEnd(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).untilAsserted(assertion);
  }

  private void publish(String value) throws Exception {
    var message = new ProducerRecord<>(topic, "file-1", value.getBytes(StandardCharsets.UTF_8));
    message.headers().add("origin", "probe".getBytes(StandardCharsets.UTF_8));
    var unused = producer.send(message).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static String event(String id) {
    return """
    {"envelope_id": "%s", "event_type": "org.other.measured.v2", "source_node": "probe",
     "tenant_id": "lab", "payload": {"number": 1}}
    """
        .formatted(id);
  }

  private long logged(String id) throws SQLException {
    return count("select count(*) from event_logs where original_id = '" + id + "'");
  }

  private long count(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private DeadLetterSummary openLetter() {
    inTheEnd(() -> assertThat(letters.open()).hasSize(1));
    return letters.open().getFirst();
  }

  private DeadLetterState state(long id) {
    return letters.get(id).getLetter().getState();
  }

  private void redrivenInTheEnd(long id) {
    inTheEnd(() -> assertThat(state(id)).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_REDRIVEN));
  }

  private static RecordEdit value(String text) {
    return RecordEdit.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
  }

  private static List<String> headers(ConsumerRecord<?, ?> found) {
    var texts = new ArrayList<String>();
    for (Header header : found.headers()) {
      texts.add(header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8));
    }
    return texts;
  }

  private List<ConsumerRecord<String, byte[]>> read(int count, String from) {
    return new RecordReader(TestKafka.bootstrapServers(), Duration.ofSeconds(LIMIT_SECONDS))
        .read(count, from);
  }

  @Test
  void shouldPublishALetterWithTheHeadersThatKafkaConnectHas() throws Exception {
    publish("not json");
    var letter = openLetter();
    var dead = read(1, topic + ".dlq").getFirst();
    assertThat(dead.key()).isEqualTo("file-1");
    assertThat(dead.value()).asString(StandardCharsets.UTF_8).isEqualTo("not json");
    assertThat(headers(dead))
        .startsWith(
            "origin=probe",
            "__connect.errors.topic=" + topic,
            "__connect.errors.partition=" + letter.getPartition().getPartition(),
            "__connect.errors.offset=0",
            "__connect.errors.connector.name=db-adapter",
            "__connect.errors.task.id=0",
            "__connect.errors.stage=TASK_PUT",
            "__connect.errors.class.name=dev.omnibridge.db-adapter",
            "__connect.errors.exception.class.name=ENVELOPE_MALFORMED",
            "__connect.errors.exception.message=The event's envelope cannot be read: it is not JSON.",
            "__connect.errors.exception.stacktrace=")
        .contains("error_class=POISON", "attempt=1", "redrive_count=0");
    assertThat(letters.get(letter.getLetterId()).getRecord().getHeadersCount()).isOne();
  }

  @Test
  void shouldBringAChangedRecordIntoTheLogOnce() throws Exception {
    publish("not json");
    long id = openLetter().getLetterId();
    assertThat(
            reasonOf(() ->
                letters
                    .service()
                    .redriveDeadLetter(redrive(id).setEdit(value("still not")).build())))
        .isEqualTo("EDIT_STILL_POISON");
    var redrive =
        letters
            .service()
            .redriveDeadLetter(redrive(id).setEdit(value(event("m-1"))).build())
            .getRedrive();
    redrivenInTheEnd(id);
    inTheEnd(() -> assertThat(logged("m-1")).isOne());

    var back = read(2, topic).getLast();
    assertThat(back.key()).isEqualTo("file-1");
    assertThat(headers(back))
        .startsWith("origin=probe", "x-replay-count=1")
        .contains("x-replayed-by=ada@host", "x-replay-correlation-id=" + redrive.getRedriveId());
    publish(event("m-2"));
    inTheEnd(() -> assertThat(logged("m-2")).isOne());
    assertThat(logged("m-1")).isOne();
    assertThat(letters.open()).isEmpty();
  }

  @Test
  void shouldCountTheRedrivesOfARecordOverAllItsLettersAndRefuseTheSixth() throws Exception {
    publish("not json");
    var letter = openLetter();
    long previous = 0;
    for (int round = 1; round <= 5; round++) {
      long id = letter.getLetterId();
      assertThat(letter.getRedriveCount()).isEqualTo(round - 1);
      assertThat(letter.getRedrivenFrom()).isEqualTo(previous);
      assertThat(reasonOf(() -> letters.service().redriveDeadLetter(redrive(id).build())))
          .isEqualTo("REDRIVE_NEEDS_FORCE");
      var unused = letters.service().redriveDeadLetter(redrive(id).setForce(true).build());
      redrivenInTheEnd(id);
      letter = openLetter();
      assertThat(letters.get(id).getRedrives(0).getReturnedAsList())
          .containsExactly(letter.getLetterId());
      previous = id;
    }
    long last = letter.getLetterId();
    assertThat(letter.getRedriveCount()).isEqualTo(5);
    assertThat(
            reasonOf(
                () -> letters.service().redriveDeadLetter(redrive(last).setForce(true).build())))
        .isEqualTo("REDRIVE_LIMIT_REACHED");
    assertThat(headers(read(6, topic).getLast()))
        .filteredOn(header -> header.startsWith("x-replay-count"))
        .containsExactly("x-replay-count=5");
  }

  /** What its topic will never take must not hold those behind it for ever. */
  @Test
  void shouldOpenALetterAgainWhenItsTopicRefusesTheRecord() throws Exception {
    publish("not json");
    long large = openLetter().getLetterId();
    try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
      var limit = new ConfigEntry("max.message.bytes", "2000");
      var unused =
          admin
              .incrementalAlterConfigs(
                  Map.of(
                      new ConfigResource(ConfigResource.Type.TOPIC, topic),
                      List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
              .all()
              .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    // The broker hears of it a moment later.
    inTheEnd(() ->
        assertThatThrownBy(() -> publish(event("m-0") + " ".repeat(3000)))
            .hasCauseInstanceOf(RecordTooLargeException.class));
    var asked = redrive(large).setEdit(value(event("m-1") + " ".repeat(3000))).build();
    var refused = letters.service().redriveDeadLetter(asked).getRedrive();
    inTheEnd(() ->
        assertThat(letters.get(large).getRedrives(0).getRefusal()).startsWith("RECORD_TOO_LARGE"));
    assertThat(state(large)).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_OPEN);
    var progress =
        letters
            .service()
            .getRedrive(
                GetRedriveRequest.newBuilder().setRequestId(refused.getRequestId()).build());
    assertThat(progress.getRefused()).isOne();
    assertThat(progress.getQueued()).isZero();

    var fits = redrive(large).setEdit(value(event("m-1"))).build();
    assertThat(letters.service().redriveDeadLetter(fits).getRedrive().getNumber()).isOne();
    redrivenInTheEnd(large);
    inTheEnd(() -> assertThat(logged("m-1")).isOne());
  }

  @Test
  @ResourceLock(MACHINE)
  @Execution(ExecutionMode.SAME_THREAD)
  void shouldKeepTheRateAndTheOrderOfARedriveOfMany() throws Exception {
    int count = 250;
    var written = new ArrayList<DeadLetter.Builder>();
    for (int i = 0; i < count; i++) {
      written.add(letter(topic, event("m-" + i)));
    }
    letters.write(written);
    var request =
        RedriveDeadLettersRequest.newBuilder()
            .setFilter(DeadLetterFilter.newBuilder().setTopic(topic))
            .setPerSecond(100)
            .setContext(by("ada@host"))
            .build();
    assertThat(letters.service().redriveDeadLetters(request).getEligible()).isEqualTo(count);
    var asked =
        GetRedriveRequest.newBuilder().setRequestId(request.getContext().getRequestId()).build();
    inTheEnd(() -> assertThat(letters.service().getRedrive(asked).getPublished()).isEqualTo(count));

    long fastest =
        count(
            """
            select max(n) from (
              select count(*) over (order by published_at
                       range between current row and interval '999.999 ms' following) as n
                from dead_letter_redrives) as seconds
            """);
    long millis =
        count(
            """
            select extract(epoch from max(published_at) - min(published_at)) * 1000
              from dead_letter_redrives
            """);
    System.out.printf(
        "%d redrives at 100/s: %d ms, at most %d in a second%n", count, millis, fastest);
    assertThat(fastest).isLessThanOrEqualTo(110);
    assertThat(millis).isBetween(2_300L, 20_000L);
    inTheEnd(() ->
        assertThat(count("select count(distinct original_id) from event_logs")).isEqualTo(count));
    assertThat(read(count, topic))
        .extracting(found -> new String(found.value(), StandardCharsets.UTF_8))
        .startsWith(event("m-0"), event("m-1"))
        .endsWith(event("m-249"));
  }

  /** The mark fails until the process that published has gone and another one has the lane. */
  @Test
  void shouldRepeatWhatWasPublishedAndNotMarkedWithoutAnEventTwice() throws Exception {
    publish("not json");
    long id = openLetter().getLetterId();
    execute(
        """
        create function lose_mark() returns trigger language plpgsql as
          $$ begin raise exception 'killed'; end $$;
        create trigger lose_mark before update on dead_letter_redrives
          for each statement execute function lose_mark()
        """);
    var unused =
        letters.service().redriveDeadLetter(redrive(id).setEdit(value(event("m-1"))).build());
    inTheEnd(() -> assertThat(logged("m-1")).isOne());
    assertThat(read(2, topic)).hasSizeGreaterThanOrEqualTo(2);
    adapter.close();
    start();
    assertThat(state(id)).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_REDRIVING);
    int before = read(2, topic).size();
    var again = read(before + 1, topic);
    execute("drop trigger lose_mark on dead_letter_redrives");
    redrivenInTheEnd(id);

    var copies = again.subList(1, again.size());
    System.out.printf("published %d times%n", copies.size());
    assertThat(copies)
        .extracting(copy ->
            copy.timestamp()
                + " "
                + headers(copy)
                + new String(copy.value(), StandardCharsets.UTF_8))
        .hasSizeGreaterThanOrEqualTo(2)
        .containsOnly(
            copies.getFirst().timestamp()
                + " "
                + headers(copies.getFirst())
                + new String(copies.getFirst().value(), StandardCharsets.UTF_8));
    publish(event("m-2"));
    inTheEnd(() -> assertThat(logged("m-2")).isOne());
    assertThat(logged("m-1")).isOne();
  }

  @Test
  void shouldBelieveNoHeaderThatNamesARedriveItDoesNotKnow() throws Exception {
    var message = new ProducerRecord<>(topic, "file-1", new byte[] {1});
    message
        .headers()
        .add("x-replay-count", "99".getBytes(StandardCharsets.UTF_8))
        .add(
            "x-replay-correlation-id",
            UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
    var unused = producer.send(message).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    var letter = openLetter();
    assertThat(letter.getRedriveCount()).isZero();
    assertThat(letter.getRedrivenFrom()).isZero();
  }
}
