// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.ActionContext;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc.DeadLetterServiceBlockingStub;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RedriveDeadLetterRequest;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A record that nobody can read is put aside with its reason, and what stands behind it goes on;
 * once somebody has mended it, it is stored like any other:
 *
 * <pre>
 * a bad record -> dead letter (row, DLQ topic) -> edited and redriven -> stored once
 * </pre>
 */
@Story
class DeadLetterIT {
  private static final String TOPIC = "test-generation.completed.v1";

  private final Stack stack;
  private final Publisher publisher;
  private final UUID correlation = UUID.randomUUID();
  private final String key = "key-" + correlation;

  DeadLetterIT(Way way) {
    stack = Deployment.shared(way).stack();
    publisher = new Publisher(stack, TOPIC);
  }

  /** Others are to find no dead letters of ours. */
  @AfterEach
  void close() {
    publisher.close();
    List<Long> open = open().stream().map(DeadLetterSummary::getLetterId).toList();
    if (!open.isEmpty()) {
      var unused =
          letters()
              .discardDeadLetters(
                  DiscardDeadLettersRequest.newBuilder()
                      .addAllLetterIds(open)
                      .setContext(context())
                      .build());
    }
  }

  private DeadLetterServiceBlockingStub letters() {
    return DeadLetterServiceGrpc.newBlockingStub(stack.channel(Peer.DB_ADAPTER))
        .withDeadlineAfter(Stack.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static ActionContext context() {
    return ActionContext.newBuilder()
        .setRequestId(UUID.randomUUID().toString())
        .setActor("ada@story")
        .setReason("told in a story")
        .build();
  }

  private List<DeadLetterSummary> open() {
    return letters()
        .listDeadLetters(
            ListDeadLettersRequest.newBuilder()
                .setFilter(
                    DeadLetterFilter.newBuilder()
                        .setTopic(stack.topic(TOPIC))
                        .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN))
                .setOldestFirst(true)
                .build())
        .getLettersList();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  private long stored(String id) throws Exception {
    return stack.count(
        "select count(*) from event_logs where correlation_id = ? and original_id = ?",
        correlation,
        id);
  }

  private void publish(byte[] value) {
    publisher.publish(key, value, Map.of("origin", "story"));
  }

  private List<ConsumerRecord<String, byte[]>> dead(int count) {
    return stack
        .kafka()
        .readUntil(seen -> ours(seen).size() >= count, stack.topic(TOPIC) + ".dlq")
        .stream()
        .filter(found -> key.equals(found.key()))
        .toList();
  }

  private List<ConsumerRecord<String, byte[]>> ours(List<ConsumerRecord<String, byte[]>> seen) {
    return seen.stream().filter(found -> key.equals(found.key())).toList();
  }

  @Test
  void shouldPutAsideWhatNobodyCanReadWithItsReasonAndGoOn() throws Exception {
    publisher.publish(key, Publisher.event("good-1", correlation, 1));
    long nothing = publisher.publish(key, null, Map.of("origin", "story")).offset();
    publish("not json".getBytes(UTF_8));
    publish("{\"payload\": {}}".getBytes(UTF_8));
    publish(new byte[600 * 1024]);
    publisher.publish(key, Publisher.event("good-2", correlation, 2));
    soon().until(() -> stored("good-2") == 1);
    assertThat(stored("good-1")).isOne();

    var dead = dead(4);
    assertThat(dead)
        .extracting(found -> Journals.header(found, "error_reason"))
        .containsExactly(
            "VALUE_MISSING", "ENVELOPE_MALFORMED", "ENVELOPE_MALFORMED", "BODY_TOO_LARGE");
    var first = dead.getFirst();
    assertThat(first.value()).isNull();
    assertThat(Journals.header(first, "origin")).isEqualTo("story");
    assertThat(Journals.header(first, "__connect.errors.topic")).isEqualTo(stack.topic(TOPIC));
    assertThat(Journals.header(first, "__connect.errors.offset")).isEqualTo(Long.toString(nothing));
    assertThat(Journals.header(first, "__connect.errors.connector.name")).isEqualTo("db-adapter");
    assertThat(Journals.header(first, "__connect.errors.exception.class.name"))
        .isEqualTo("VALUE_MISSING");
    assertThat(Journals.header(first, "error_class")).isEqualTo("POISON");
    assertThat(dead.get(1).value()).asString(UTF_8).isEqualTo("not json");
    assertThat(open())
        .extracting(DeadLetterSummary::getErrorReason)
        .containsExactlyElementsOf(
            dead.stream().map(found -> Journals.header(found, "error_reason")).toList());
    // The mark that a letter is on Kafka follows the record.
    soon()
        .untilAsserted(() ->
            assertThat(
                    stack.count(
                        "select count(*) from dead_letters where record_key = ?"
                            + " and state = 'OPEN' and error_message <> ''"
                            + " and published_at is not null",
                        key.getBytes(UTF_8)))
                .isEqualTo(4));
  }

  @Test
  void shouldStoreARecordOnceThatWasMendedAndRedriven() throws Exception {
    publish("{\"event_id\": \"mended\", \"event_type\": ".getBytes(UTF_8));
    soon().until(() -> open().size() == 1);
    long id = open().getFirst().getLetterId();
    String mended = Publisher.event("mended", correlation, 3);
    var redrive =
        letters()
            .redriveDeadLetter(
                RedriveDeadLetterRequest.newBuilder()
                    .setLetterId(id)
                    .setEdit(RecordEdit.newBuilder().setValue(ByteString.copyFromUtf8(mended)))
                    .setContext(context())
                    .build())
            .getRedrive();
    soon().until(() -> stored("mended") == 1);
    soon()
        .untilAsserted(() ->
            assertThat(
                    letters()
                        .getDeadLetter(GetDeadLetterRequest.newBuilder().setLetterId(id).build())
                        .getLetter()
                        .getState())
                .isEqualTo(DeadLetterState.DEAD_LETTER_STATE_REDRIVEN));

    var back =
        ours(stack.kafka().readUntil(seen -> ours(seen).size() >= 2, stack.topic(TOPIC))).getLast();
    assertThat(back.value()).asString(UTF_8).isEqualTo(mended);
    assertThat(Journals.header(back, "origin")).isEqualTo("story");
    assertThat(Journals.header(back, "x-replay-correlation-id")).isEqualTo(redrive.getRedriveId());
    // Once, also when it comes again by itself; and what follows is not held up.
    publisher.publish(key, mended);
    publisher.publish(key, Publisher.event("after", correlation, 4));
    soon().until(() -> stored("after") == 1);
    assertThat(stored("mended")).isOne();
    assertThat(open()).isEmpty();
  }
}
