// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every question that is asked all the time has its index, in every partition. */
class PlansIT {
  private final TestPostgres.Database database = TestPostgres.freshDatabase();

  @BeforeEach
  void migrate() {
    RunningDbAdapter.start(database, config -> config).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1 from events where stream_key = gen_random_uuid() and version > 3 order by"
            + " version",
        "select 1 from events where lane = 2 and position > 7 order by position limit 500",
        "select 1 from events where event_id = gen_random_uuid() and occurred_at = now()",
        "select 1 from events where correlation_id = gen_random_uuid()",
        "select 1 from events where causation_id = gen_random_uuid()",
        "select 1 from events where session_id = gen_random_uuid()",
        "select 1 from events where occurred_at >= now() - interval '1 hour'",
        "select 1 from streams where stream_key = gen_random_uuid()",
        "select 1 from workflow_executions where not finished and shard = any('{1,2}') and due_at <"
            + " now()",
        "select 1 from workflow_executions where not finished and due_at <= clock_timestamp() and"
            + " shard = any('{1,2}') and (due_at, run_id) > (now(), gen_random_uuid()) order by"
            + " due_at, run_id limit 500",
        "select 1 from workflow_executions where namespace = 'a' order by started_at desc, run_id"
            + " desc",
        "select 1 from workflow_executions order by started_at desc, run_id desc limit 10",
        "select 1 from workflow_executions where correlation_id = gen_random_uuid()",
        "select 1 from metadata_stamps where namespace = 'a' and content_hash = 'b'",
        "select 1 from dead_letters where published_at is null order by id limit 5"
      })
  void shouldAnswerByAnIndex(String question) throws SQLException {
    assertThat(plan(question)).doesNotContain("Seq Scan");
  }

  @Test
  void shouldPruneTheOtherRetentionClasses() throws SQLException {
    assertThat(
            plan(
                "select 1 from events where stream_key = gen_random_uuid() and retention = 'long'"))
        .contains("events_long")
        .doesNotContain("events_standard");
  }

  private String plan(String question) throws SQLException {
    var lines = new StringBuilder();
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("set enable_seqscan = off");
      try (var rows = statement.executeQuery("explain " + question)) {
        while (rows.next()) {
          lines.append(rows.getString(1)).append('\n');
        }
      }
    }
    return lines.toString();
  }
}
