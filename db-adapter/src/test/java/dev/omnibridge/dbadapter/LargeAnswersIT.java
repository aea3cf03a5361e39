// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.GetWorkflowStatesRequest;
import dev.omnibridge.api.log.v1.IndexServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.api.log.v1.Snapshot;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No answer is larger than a message may be, however much there is to tell. */
class LargeAnswersIT {
  private static final String TOPIC = "test.omninode-bridge.metadata.events.v1";
  private static final int MEBI = 1 << 20;

  /** What an edit may give a record. */
  private static final int EDIT = 512 << 10;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final RunningDbAdapter adapter = RunningDbAdapter.start(database, config -> config);
  private final Letters letters = new Letters(adapter.channel());

  @AfterEach
  void stop() {
    adapter.close();
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertFits(Message answer) {
    assertThat(answer.getSerializedSize()).isLessThan(Edge.MAX_MESSAGE_BYTES);
  }

  private long letterWith(int valueBytes) {
    return written(letter(TOPIC, "x".repeat(valueBytes)));
  }

  private long written(DeadLetter.Builder letter) {
    letters.write(List.of(letter));
    return letters.all().getLast().getLetterId();
  }

  private static RecordHeader header(int valueBytes) {
    return RecordHeader.newBuilder()
        .setKey("theirs")
        .setValue(ByteString.copyFrom(new byte[valueBytes]))
        .build();
  }

  /** Redrives that changed the value and have gone, and as many entries of the audit. */
  private void redriven(long letter, int times, int valueBytes, int reason) throws SQLException {
    execute(
        """
        with asked as (insert into dead_letter_requests (request_id, question_hash, per_second)
                       select gen_random_uuid(), '', 1 from generate_series(1, %2$d)
                       returning request_id)
        insert into dead_letter_redrives (letter_id, request_id, number, actor, target_topic,
                                          per_second, value_edited, value, published_at)
        select %1$d, request_id, row_number() over (), 'ada', '%5$s', 1, true,
               convert_to(repeat('x', %3$d), 'UTF8'), now()
          from asked;
        insert into dead_letter_actions (letter_id, request_id, action, actor, reason, details)
        select letter_id, request_id, 'EDIT_AND_REDRIVE', actor, repeat('y', %4$d), '{}'
          from dead_letter_redrives where letter_id = %1$d order by seq
        """
            .formatted(letter, times, valueBytes, reason, TOPIC));
  }

  private static List<Long> numbers(GetDeadLetterResponse found) {
    return found.getRedrivesList().stream().map(redrive -> (long) redrive.getNumber()).toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void shouldTellTheNewestOfALongHistoryAndThatThereIsMore() throws Exception {
    long id = letterWith(2 * MEBI);
    redriven(id, 30, EDIT, 1000);
    var found = letters.get(id);
    assertFits(found);
    assertThat(found.getRecord().getValue().size()).isEqualTo(2 * MEBI);
    assertThat(found.getOmittedList()).containsExactly(DeadLetterPart.DEAD_LETTER_PART_REDRIVES);
    assertThat(numbers(found)).isEqualTo(range(31 - found.getRedrivesCount(), 30));
    assertThat(found.getRedrivesList().getLast().getValue().size()).isEqualTo(EDIT);
    assertThat(found.getRedrivesList()).allMatch(Redrive::getValueEdited);
    assertThat(found.getActionsList())
        .extracting(DeadLetterAction::getActionId)
        .hasSize(30)
        .isSorted();
  }

  @Test
  void shouldTellTheNewestOfManyRedrivesAndActions() throws Exception {
    long id = letterWith(2 * MEBI + MEBI / 2);
    redriven(id, 1200, 2000, 3000);
    var found = letters.get(id);
    assertFits(found);
    assertThat(found.getOmittedList())
        .containsExactly(
            DeadLetterPart.DEAD_LETTER_PART_REDRIVES, DeadLetterPart.DEAD_LETTER_PART_ACTIONS);
    assertThat(numbers(found)).isEqualTo(range(1101, 1200));
    assertThat(found.getActionsList())
        .extracting(DeadLetterAction::getActionId)
        .isEqualTo(range(1201 - found.getActionsCount(), 1200));
    assertThat(found.getActionsCount()).isGreaterThan(100);
  }

  @Test
  void shouldTellAllOfAShortHistoryBesideALargeRecord() throws Exception {
    long id = letterWith(3 * MEBI - 1000);
    redriven(id, 1, EDIT, 1000);
    var found = letters.get(id);
    assertFits(found);
    assertThat(found.getOmittedList()).isEmpty();
    assertThat(found.getRecord().getValue().size()).isEqualTo(3 * MEBI - 1000);
    assertThat(found.getRedrives(0).getValue().size()).isEqualTo(EDIT);
    assertThat(found.getActionsCount()).isOne();
  }

  @Test
  void shouldTellOfARecordThatIsTooLargeForAnAnswerWhatFits() throws Exception {
    long id = letterWith(10);
    execute("update dead_letters set record_value = convert_to(repeat('x', 5000000), 'UTF8')");
    var withoutValue = letters.get(id);
    assertFits(withoutValue);
    assertThat(withoutValue.getRecord().hasValue()).isFalse();
    assertThat(withoutValue.getRecord().getKey().toStringUtf8()).isEqualTo("key");
    assertThat(withoutValue.getLetter().getValueBytes()).isEqualTo(5_000_000);
    assertThat(withoutValue.getOmittedList())
        .containsExactly(DeadLetterPart.DEAD_LETTER_PART_VALUE);

    execute(
        """
        update dead_letters
           set record_key = record_value,
               headers = json_build_array(json_build_object('key', 'k', 'value', repeat('A', 6000000)))
        """);
    var withoutAll = letters.get(id);
    assertFits(withoutAll);
    assertThat(withoutAll.getRecord().hasKey()).isFalse();
    assertThat(withoutAll.getRecord().getHeadersList()).isEmpty();
    assertThat(withoutAll.getOmittedList())
        .containsExactly(
            DeadLetterPart.DEAD_LETTER_PART_VALUE,
            DeadLetterPart.DEAD_LETTER_PART_HEADERS,
            DeadLetterPart.DEAD_LETTER_PART_KEY);
  }

  /** What the database keeps of headers is a third larger than what an answer has. */
  @Test
  void shouldTellAllOfARecordWithLargeHeaders() {
    int rest = 3 * MEBI - 1_001_000;
    var ofReducer =
        letters.get(written(letter(TOPIC, "x".repeat(rest)).addHeaders(header(999_000))));
    assertFits(ofReducer);
    assertThat(ofReducer.getOmittedList()).isEmpty();
    assertThat(ofReducer.getRecord().getValue().size()).isEqualTo(rest);
    assertThat(ofReducer.getRecord().getHeadersList()).containsExactly(header(999_000));

    int most = 26 * MEBI / 10;
    var ofHeaders = letters.get(written(letter(TOPIC, "x").addHeaders(header(most))));
    assertFits(ofHeaders);
    assertThat(ofHeaders.getOmittedList()).isEmpty();
    assertThat(ofHeaders.getRecord().getHeadersList()).containsExactly(header(most));
  }

  @Test
  void shouldTellAValueThatLeavesNoRoomForWhatRedrivesChanged() throws Exception {
    long id = letterWith(10);
    int most = 39 * MEBI / 10;
    execute(
        "update dead_letters set record_value = convert_to(repeat('x', %d), 'UTF8')"
            .formatted(most));
    assertThat(letters.get(id).getOmittedList()).isEmpty();
    redriven(id, 1, EDIT, 1000);
    var found = letters.get(id);
    assertFits(found);
    assertThat(found.getRecord().getValue().size()).isEqualTo(most);
    assertThat(found.getOmittedList()).containsExactly(DeadLetterPart.DEAD_LETTER_PART_REDRIVES);
    assertThat(found.getRedrives(0).getValueEdited()).isTrue();
    assertThat(found.getRedrives(0).hasValue()).isFalse();
    assertThat(found.getActionsCount()).isOne();
  }

  /** The names of headers are as large in an answer as in the database. */
  @Test
  void shouldLeaveOutHeadersWhoseNamesAreTooLargeForAnAnswer() throws Exception {
    long id = letterWith(1000);
    execute(
        """
        update dead_letters
           set headers = json_build_array(json_build_object('key', repeat('k', 4500000), 'value', ''))
        """);
    var found = letters.get(id);
    assertFits(found);
    assertThat(found.getOmittedList()).containsExactly(DeadLetterPart.DEAD_LETTER_PART_HEADERS);
    assertThat(found.getRecord().getHeadersList()).isEmpty();
    assertThat(found.getRecord().getValue().size()).isEqualTo(1000);
  }

  private static final String TYPE = "dev.omnibridge.intelligence.requested.v1";
  private static final int EVENTS = 2000;

  /** Two thousand bodies of 2,050 bytes, of a stream whose name is as large. */
  private StreamName named(UUID correlation) {
    var stream = Given.stream("analysis", "n".repeat(255), "\ud83d\ude00".repeat(512));
    var body = ByteString.copyFromUtf8("{\"fill\":\"" + "x".repeat(2_039) + "\"}");
    var log = LogServiceGrpc.newBlockingStub(adapter.channel());
    for (int half = 0; half < 2; half++) {
      var events =
          IntStream.range(0, EVENTS / 2)
              .mapToObj(_ -> Given.event(correlation, TYPE).toBuilder().setBody(body).build())
              .toList();
      var append =
          StreamAppend.newBuilder()
              .setStream(stream)
              .setExpectAny(true)
              .addAllEvents(events)
              .setPlacementKey("one");
      var unused = log.append(Given.append(append.build()).build());
    }
    return stream;
  }

  /** Over the network, which takes no more than fits and tells when it has taken that. */
  private List<Long> exported(QueryEventsRequest.Builder question) {
    var versions = new ArrayList<Long>();
    LogServiceGrpc.newBlockingStub(adapter.network())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .exportEvents(ExportEventsRequest.newBuilder().setQuestion(question).build())
        .forEachRemaining(
            part -> part.getEventsList().forEach(event -> versions.add(event.getVersion())));
    return versions;
  }

  private List<Long> asked(QueryEventsRequest.Builder question) {
    var log = LogServiceGrpc.newBlockingStub(adapter.channel());
    var versions = new ArrayList<Long>();
    do {
      var page = log.queryEvents(question.setPageSize(1000).build());
      assertFits(page);
      page.getEventsList().forEach(event -> versions.add(event.getVersion()));
      question.setPageToken(page.getNextPageToken());
    } while (!question.getPageToken().isEmpty());
    return versions;
  }

  @Test
  void shouldCountTheNamesOfEventsToo() {
    var correlation = UUID.randomUUID();
    var stream = named(correlation);
    var all = range(1, EVENTS);
    var question = QueryEventsRequest.newBuilder().setOldestFirst(true);
    assertThat(asked(question.clone().setStream(stream))).isEqualTo(all);
    assertThat(asked(question.clone().setCorrelationId(correlation.toString()))).isEqualTo(all);
    assertThat(asked(question.clone().setSince(Timestamp.newBuilder().setSeconds(1)).setType(TYPE)))
        .isEqualTo(all);
    var newest =
        question.clone().setOldestFirst(false).setSince(Timestamp.newBuilder().setSeconds(1));
    assertThat(asked(newest.setType(TYPE))).isEqualTo(all.reversed());
    assertThat(exported(question.clone().setStream(stream))).isEqualTo(all);
  }

  @Test
  void shouldCountTheNamesOfEventsOfAStreamBesideItsSnapshot() {
    var stream = Given.stream("analysis", "n".repeat(255), "\ud83d\ude00".repeat(512));
    var log = LogServiceGrpc.newBlockingStub(adapter.channel());
    var snapshot = Snapshot.newBuilder().setSchema(1).setState(ByteString.copyFrom(new byte[MEBI]));
    var first = Given.event(UUID.randomUUID(), TYPE);
    var unused =
        log.append(
            Given.append(
                    StreamAppend.newBuilder()
                        .setStream(stream)
                        .setExpectNone(true)
                        .setPlacementKey("one")
                        .addEvents(first)
                        .setSnapshot(snapshot)
                        .build())
                .build());
    assertThat(named(UUID.randomUUID())).isEqualTo(stream);
    var versions = new ArrayList<Long>();
    var question =
        ReadStreamRequest.newBuilder().setStream(stream).setFromSnapshot(true).setPageSize(5000);
    long head;
    do {
      var page = log.readStream(question.build());
      assertFits(page);
      page.getEventsList().forEach(found -> versions.add(found.getVersion()));
      question.setAfterVersion(versions.getLast());
      head = page.getHeadVersion();
    } while (versions.getLast() < head);
    assertThat(versions).isEqualTo(range(2, EVENTS + 1));
  }

  @Test
  void shouldTellOfTheTransitionsOfARunWhatFits() throws Exception {
    var run = UUID.randomUUID();
    execute(
        """
        insert into workflow_projection (namespace, run_id, version, state, data, updated_at)
        values ('%1$s', '%2$s', 20000, 'RUNNING', '{}', now());
        insert into fsm_transitions (namespace, entity_type, entity_id, version, from_state,
                                     to_state, transition_event, occurred_at, created_at)
        select '%1$s', 'workflow', '%2$s', i, 'PAUSED', 'RUNNING', 'workflow_resumed', now(), now()
          from generate_series(1, 20000) as i
        """
            .formatted("n".repeat(255), run));
    var found =
        IndexServiceGrpc.newBlockingStub(adapter.channel())
            .getWorkflowStates(
                GetWorkflowStatesRequest.newBuilder()
                    .setNamespace("n".repeat(255))
                    .addRunIds(run.toString())
                    .build());
    assertFits(found);
    assertThat(found.getStatesCount()).isOne();
    assertThat(found.getTransitionsList())
        .extracting(transition -> transition.getVersion())
        .isEqualTo(range(1, found.getTransitionsCount()));
    assertThat(found.getTransitionsCount()).isGreaterThan(2000);
  }
}
