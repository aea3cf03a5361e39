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
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.DeadLetterSummary;
import dev.omnibridge.api.log.v1.DiscardDeadLettersRequest;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.RedriveDeadLettersRequest;
import dev.omnibridge.api.log.v1.RedriveVerdict;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dead letters as a resource: found, looked at, decided on, and who decided what. */
class DeadLettersIT {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final String OTHER_TOPIC = "test.omninode-bridge.workflow.events.v1";

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final RunningDbAdapter adapter = RunningDbAdapter.start(database, config -> config);
  private final Letters letters = new Letters(adapter.channel());

  @AfterEach
  void stop() {
    adapter.close();
  }

  private static List<DeadLetter.Builder> some(int count) {
    return IntStream.range(0, count).mapToObj(i -> letter(TOPIC, "{\"n\":" + i + "}")).toList();
  }

  private static DeadLetter.Builder poison(String value) {
    return letter(TOPIC, value).setErrorClass("POISON").setErrorReason("ENVELOPE_MALFORMED");
  }

  private List<Long> found(DeadLetterFilter.Builder filter) {
    return letters.list(filter).stream().map(DeadLetterSummary::getOffset).toList();
  }

  private static DeadLetterFilter.Builder filter() {
    return DeadLetterFilter.newBuilder();
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<DeadLetterAction> actions() {
    return letters
        .service()
        .listDeadLetterActions(ListDeadLetterActionsRequest.getDefaultInstance())
        .getActionsList();
  }

  private long onlyLetter() {
    return letters.all().getFirst().getLetterId();
  }

  @Test
  void shouldFindLettersByEveryFilterAndByAllTogether() {
    UUID correlation = UUID.randomUUID();
    letters.write(
        List.of(
            letter(TOPIC, "{\"event_type\":\"a.v1\",\"correlation_id\":\"" + correlation + "\"}"),
            letter(OTHER_TOPIC, "{\"event_type\":\"a.v1\"}"),
            poison("{\"event_type\":\"b.v1\",\"correlation_id\":\"" + correlation + "\"}")));
    var first = letters.all().getFirst();
    letters.write(List.of(letter(TOPIC, "{}")));
    var last = letters.all().getLast();

    assertThat(found(filter())).containsExactly(0L, 1L, 2L, 3L);
    assertThat(found(filter().setTopic(TOPIC))).containsExactly(0L, 2L, 3L);
    assertThat(found(filter().setConsumer("reducer"))).hasSize(4);
    assertThat(found(filter().setConsumer("nobody"))).isEmpty();
    assertThat(found(filter().setErrorClass("POISON"))).containsExactly(2L);
    assertThat(found(filter().setErrorReason("STORE_BUSY"))).containsExactly(0L, 1L, 3L);
    assertThat(found(filter().setEventType("a.v1"))).containsExactly(0L, 1L);
    assertThat(found(filter().setCorrelationId(correlation.toString()))).containsExactly(0L, 2L);
    assertThat(found(filter().setSince(last.getFailedAt()))).containsExactly(3L);
    assertThat(found(filter().setUntil(last.getFailedAt()))).containsExactly(0L, 1L, 2L);
    assertThat(
            found(
                filter()
                    .setTopic(TOPIC)
                    .setConsumer("reducer")
                    .setErrorClass("RETRYABLE")
                    .setErrorReason("STORE_BUSY")
                    .setEventType("a.v1")
                    .setCorrelationId(correlation.toString())
                    .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN)
                    .setSince(first.getFailedAt())
                    .setUntil(last.getFailedAt())))
        .containsExactly(0L);
    assertThat(first.getEventType()).isEqualTo("a.v1");
    assertThat(first.getAttempts()).isOne();
  }

  @Test
  void shouldTurnPagesInBothOrdersWithoutLeavingOutOrRepeating() {
    letters.write(some(25));
    letters.write(some(5));
    for (boolean oldestFirst : new boolean[] {true, false}) {
      var seen = new ArrayList<Long>();
      var request =
          ListDeadLettersRequest.newBuilder()
              .setOldestFirst(oldestFirst)
              .setPageSize(7)
              .setFilter(filter().setTopic(TOPIC));
      do {
        var page = letters.service().listDeadLetters(request.build());
        page.getLettersList().forEach(found -> seen.add(found.getOffset()));
        request.setPageToken(page.getNextPageToken());
      } while (!request.getPageToken().isEmpty());
      var expected = IntStream.range(0, 30).mapToObj(Long::valueOf).toList();
      assertThat(seen).isEqualTo(oldestFirst ? expected : expected.reversed());
    }
  }

  @Test
  void shouldShowTheRecordExactlyAsItWas() {
    var written =
        letter(TOPIC, "x")
            .setValue(ByteString.copyFrom(new byte[] {0, (byte) 0xff, 7}))
            .addHeaders(RecordHeader.newBuilder().setKey("a").setValue(ByteString.EMPTY))
            .addHeaders(RecordHeader.newBuilder().setKey("a"))
            .setAttempts(3);
    letters.write(List.of(written));
    var found = letters.get(onlyLetter());
    assertThat(found.getRecord()).isEqualTo(written.build());
    assertThat(found.getLetter().getAttempts()).isEqualTo(3);
    assertThat(found.getActionsList()).isEmpty();
  }

  @Test
  void shouldOnlyTellInADryRunWhatARedriveWouldDo() {
    letters.write(
        List.of(
            letter(TOPIC, "{}"),
            poison("{}"),
            letter("test.no-such-topic", "{}"),
            letter(TOPIC, "{}")));
    var discarded = letters.all().getLast().getLetterId();
    var unused = discard(List.of(discarded), "not needed");
    var request = RedriveDeadLettersRequest.newBuilder().setDryRun(true).setContext(by("ada@host"));
    var before = letters.all();

    assertThat(reasons(request))
        .containsExactly(
            "", "REDRIVE_NEEDS_FORCE", "REDRIVE_TOPIC_UNKNOWN", "DEAD_LETTER_NOT_OPEN");
    assertThat(reasons(request.setForce(true)))
        .containsExactly("", "", "REDRIVE_TOPIC_UNKNOWN", "DEAD_LETTER_NOT_OPEN");
    assertThat(letters.all()).isEqualTo(before);
    assertThat(actions()).hasSize(1);
  }

  private List<String> reasons(RedriveDeadLettersRequest.Builder request) {
    var answer = letters.service().redriveDeadLetters(request.build());
    assertThat(answer.getEligible() + answer.getSkipped()).isEqualTo(answer.getVerdictsCount());
    return answer.getVerdictsList().stream().map(RedriveVerdict::getSkipReason).toList();
  }

  @Test
  void shouldRedriveManyInTheirOrderUpToALimitAndGoOnFromThere() {
    letters.write(some(5));
    var request =
        RedriveDeadLettersRequest.newBuilder()
            .setFilter(filter().setState(DeadLetterState.DEAD_LETTER_STATE_OPEN))
            .setLimit(3)
            .setPerSecond(7)
            .setContext(by("ada@host"));
    var first = letters.service().redriveDeadLetters(request.build());
    var second =
        letters
            .service()
            .redriveDeadLetters(
                request.setPageToken(first.getNextPageToken()).setContext(by("bo@host")).build());

    assertThat(first.getEligible()).isEqualTo(3);
    assertThat(second.getEligible()).isEqualTo(2);
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(letters.open()).isEmpty();
    var progress =
        letters
            .service()
            .getRedrive(
                GetRedriveRequest.newBuilder()
                    .setRequestId(request.getContext().getRequestId())
                    .build());
    assertThat(progress.getQueued()).isEqualTo(2);
    assertThat(progress.getPublished()).isZero();
    assertThat(progress.getPerSecond()).isEqualTo(7);
    assertThat(actions())
        .extracting(DeadLetterAction::getActor)
        .containsExactly("bo@host", "bo@host", "ada@host", "ada@host", "ada@host");
  }

  @Test
  void shouldDoOnceWhatIsAskedForTwice() {
    letters.write(some(2));
    long id = onlyLetter();
    var request = redrive(id).build();
    var first = letters.service().redriveDeadLetter(request);
    assertThat(letters.service().redriveDeadLetter(request)).isEqualTo(first);
    assertThat(letters.get(id).getRedrivesList()).hasSize(1);
    assertThat(actions()).hasSize(1);

    var other = request.toBuilder().setForce(true).build();
    assertThat(reasonOf(() -> letters.service().redriveDeadLetter(other)))
        .isEqualTo("REQUEST_ID_REUSED");
    var all = RedriveDeadLettersRequest.newBuilder().setContext(by("ada@host")).build();
    assertThat(letters.service().redriveDeadLetters(all))
        .isEqualTo(letters.service().redriveDeadLetters(all));
    assertThat(actions()).hasSize(2);
  }

  @Test
  void shouldLeaveARequestIdUnusedWhenNothingWasDone() {
    letters.write(List.of(poison("{}")));
    var request = redrive(onlyLetter()).build();
    assertThat(reasonOf(() -> letters.service().redriveDeadLetter(request)))
        .isEqualTo("REDRIVE_NEEDS_FORCE");
    var forced = request.toBuilder().setForce(true).build();
    assertThat(letters.service().redriveDeadLetter(forced).getRedrive().getNumber()).isOne();
  }

  private int discard(List<Long> ids, String why) {
    return letters
        .service()
        .discardDeadLetters(
            DiscardDeadLettersRequest.newBuilder()
                .addAllLetterIds(ids)
                .setContext(by("bo@host").setReason(why))
                .build())
        .getDiscarded();
  }

  @Test
  void shouldDiscardAllOrNoneAndOnlyForAReason() {
    letters.write(some(3));
    var ids = letters.all().stream().map(DeadLetterSummary::getLetterId).toList();
    assertThat(reasonOf(() -> discard(ids, " "))).isEqualTo("REASON_MISSING");
    assertThat(reasonOf(() -> discard(List.of(ids.getFirst(), 999L), "gone")))
        .isEqualTo("DEAD_LETTER_NOT_FOUND");
    assertThat(letters.open()).hasSize(3);
    assertThat(discard(ids.subList(0, 2), "a test wrote them")).isEqualTo(2);
    assertThat(reasonOf(() -> discard(ids, "again"))).isEqualTo("DEAD_LETTER_NOT_OPEN");
    assertThat(letters.open())
        .extracting(DeadLetterSummary::getLetterId)
        .containsExactly(ids.getLast());
    assertThat(actions())
        .hasSize(2)
        .allSatisfy(action -> {
          assertThat(action.getAction()).isEqualTo("DISCARD");
          assertThat(action.getReason()).isEqualTo("a test wrote them");
          assertThat(action.getActor()).isEqualTo("bo@host");
        });
    assertThat(reasonOf(() -> letters.service().redriveDeadLetter(redrive(ids.get(0)).build())))
        .isEqualTo("DEAD_LETTER_NOT_OPEN");
  }

  @Test
  void shouldKeepWhatWasChangedAndTheOriginal() {
    letters.write(List.of(poison("not json")));
    long id = onlyLetter();
    var edit =
        RecordEdit.newBuilder()
            .setValue(ByteString.copyFromUtf8("{}"))
            .addSetHeaders(
                RecordHeader.newBuilder().setKey("fixed").setValue(ByteString.copyFromUtf8("yes")));
    var unused = letters.service().redriveDeadLetter(redrive(id).setEdit(edit).build());
    var found = letters.get(id);
    assertThat(found.getRecord().getValue().toStringUtf8()).isEqualTo("not json");
    assertThat(found.getLetter().getState()).isEqualTo(DeadLetterState.DEAD_LETTER_STATE_REDRIVING);
    var redrive = found.getRedrives(0);
    assertThat(redrive.getValue().toStringUtf8()).isEqualTo("{}");
    assertThat(redrive.getHeaders(0).getKey()).isEqualTo("fixed");
    assertThat(found.getActions(0).getAction()).isEqualTo("EDIT_AND_REDRIVE");
    assertThat(found.getActions(0).getDetails())
        .contains("\"headers_set\":[\"fixed\"]", "\"bytes\":2");
  }

  @Test
  void shouldLetNobodyChangeTheAudit() {
    letters.write(some(1));
    var unused = discard(List.of(onlyLetter()), "a test");
    for (String sql :
        List.of(
            "update dead_letter_actions set actor = 'nobody'",
            "delete from dead_letter_actions",
            "truncate dead_letter_actions")) {
      assertThatThrownBy(() -> execute(sql)).hasMessageContaining("only ever added");
    }
    assertThat(actions()).hasSize(1);
  }

  @Test
  void shouldTellWhatIsWrongWithAQuestion() {
    var service = letters.service();
    assertThat(reasonOf(() -> letters.get(77))).isEqualTo("DEAD_LETTER_NOT_FOUND");
    assertThat(reasonOf(() -> letters.get(0))).isEqualTo("INVALID_REQUEST");
    assertThat(reasonOf(() -> service.redriveDeadLetter(redrive(77).build())))
        .isEqualTo("DEAD_LETTER_NOT_FOUND");
    assertThat(reasonOf(() -> found(filter().setCorrelationId("x")))).isEqualTo("INVALID_REQUEST");
    assertThat(reasonOf(() -> found(filter().setErrorClass("x")))).isEqualTo("INVALID_REQUEST");
    assertThat(reasonOf(() -> found(filter().setTopic("a\0b")))).isEqualTo("TEXT_WITH_NUL");
    assertThat(
            reasonOf(() ->
                found(
                    filter()
                        .setSince(Given.now())
                        .setUntil(Given.now().toBuilder().setSeconds(1)))))
        .isEqualTo("TIME_RANGE_EMPTY");
    assertThat(
            reasonOf(() ->
                service.listDeadLetters(
                    ListDeadLettersRequest.newBuilder().setPageToken("AAAA").build())))
        .isEqualTo("BAD_PAGE_TOKEN");
    assertThat(
            reasonOf(() ->
                service.getRedrive(
                    GetRedriveRequest.newBuilder()
                        .setRequestId(UUID.randomUUID().toString())
                        .build())))
        .isEqualTo("REDRIVE_NOT_FOUND");
    letters.write(some(1));
    var reserved =
        RecordEdit.newBuilder().addSetHeaders(RecordHeader.newBuilder().setKey("ob_log_id"));
    assertThat(
            reasonOf(
                () -> service.redriveDeadLetter(redrive(onlyLetter()).setEdit(reserved).build())))
        .isEqualTo("HEADER_RESERVED");
    assertThat(
            reasonOf(() ->
                service.redriveDeadLetter(
                    redrive(onlyLetter()).setContext(by("a").setActor("")).build())))
        .isEqualTo("INVALID_REQUEST");
  }

  @Test
  void shouldCountTheOpenOnesByTopic() {
    letters.write(some(2));
    letters.write(List.of(letter(OTHER_TOPIC, "{}")));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(adapter.verticle().openDeadLetters())
                .containsEntry(TOPIC, 2L)
                .containsEntry(OTHER_TOPIC, 1L));
    assertThat(adapter.edge().metrics().scrape())
        .contains("omnibridge_dead_letters_open{topic=\"" + TOPIC + "\"} 2.0")
        .contains("omnibridge_dead_letters_open{topic=\"" + OTHER_TOPIC + "\"} 1.0");
  }

  @Test
  void shouldCountWhatIsWrittenAndSayWhenTooManyAreOpen() {
    letters.write(some(11));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(adapter.verticle().openDeadLetters()).containsEntry(TOPIC, 11L));
    letters.write(some(1));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(adapter.edge().metrics().scrape())
                .containsPattern(
                    "omnibridge_dead_letters_total\\{topic=\"" + TOPIC + "\"} 1?[0-9]\\.0")
                .doesNotContain("omnibridge_dead_letters_total{topic=\"" + TOPIC + "\"} 0.0"));
  }
}
