// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.omnibridge.api.log.v1.DeadLetterAction;
import dev.omnibridge.api.log.v1.DeadLetterPart;
import dev.omnibridge.api.log.v1.GetDeadLetterResponse;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.util.List;
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
    letters.write(List.of(letter(TOPIC, "x".repeat(valueBytes))));
    return letters.all().getLast().getLetterId();
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
               headers = json_build_array(json_build_object('key', 'k', 'value', repeat('A', 5000000)))
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
}
