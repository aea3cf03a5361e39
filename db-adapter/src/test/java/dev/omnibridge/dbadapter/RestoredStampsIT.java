// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.GivenStamps.revision;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.GetStampLogRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StampLeafServiceGrpc;
import dev.omnibridge.dbadapter.GivenStamps.File;
import dev.omnibridge.testkit.TestKafka;
import dev.omnibridge.testkit.TestPostgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stamps of a log whose database was replaced by an older copy, and whose rest Kafka has. */
class RestoredStampsIT {
  private final String environment = TestKafka.uniquePrefix() + "env";
  private final TestPostgres.Database database = MigratedDatabase.fresh();

  private RunningDbAdapter start(TestPostgres.Database on) {
    return RunningDbAdapter.start(
        on,
        config ->
            Given.on(
                config,
                environment,
                TestKafka.bootstrapServers(),
                config.inbox(),
                config.outbox()));
  }

  private static void stop(RunningDbAdapter adapter) {
    await()
        .atMost(60, SECONDS)
        .untilAsserted(
            () -> assertThat(adapter.verticle().backlog().await(30, SECONDS).events()).isZero());
    adapter.close();
  }

  private static void append(RunningDbAdapter adapter, AppendRequest.Builder request) {
    var unused =
        LogServiceGrpc.newBlockingStub(adapter.channel())
            .withDeadlineAfter(30, SECONDS)
            .append(request.build());
  }

  private TestPostgres.Database copy() throws SQLException {
    String name = database.name() + "_copy";
    String server = database.jdbcUrl().replaceFirst("/[^/]*$", "/postgres");
    try (var connection =
            DriverManager.getConnection(server, database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute("create database %s template %s".formatted(name, database.name()));
    }
    return new TestPostgres.Database(
        database.host(),
        database.port(),
        database.user(),
        database.password(),
        name,
        database.jdbcUrl().replaceFirst("/[^/]*$", "/" + name));
  }

  private static List<String> ask(TestPostgres.Database on, String sql) throws SQLException {
    try (var connection = on.connect();
        var rows = connection.createStatement().executeQuery(sql)) {
      var answers = new ArrayList<String>();
      while (rows.next()) {
        answers.add(String.valueOf(rows.getString(1)));
      }
      return answers;
    }
  }

  /** Everything but when it was written. */
  private static List<String> rows(TestPostgres.Database on) throws SQLException {
    return ask(
        on,
        """
        select concat_ws(' | ', namespace, file_hash, content_hash, stamp_id, file_path, file_size,
                         content_type, version, stamp_data::text, run_id, op_id, created_at,
                         stamped_at)
          from metadata_stamps order by namespace, file_hash
        """);
  }

  private static List<String> records(TestPostgres.Database on) throws SQLException {
    return ask(on, "select encode(record, 'hex') from stamp_leaves order by record");
  }

  @Test
  void shouldRestoreRowsAndLeavesFromWhatOnlyKafkaHas() throws Exception {
    var kept = File.of("a", "stamped before, revised after");
    var lost = File.of("a", "stamped and revised after");
    var alone = File.of("b", "in another namespace");
    var before = start(database);
    append(before, revision(kept, 1));
    append(before, revision(File.of("a", "never touched again"), 1));
    stop(before);
    TestPostgres.Database backup = copy();
    var after = start(database);
    append(after, revision(kept, 2));
    append(after, revision(lost, 1));
    append(after, revision(lost, 2));
    var tooEarly = Timestamp.newBuilder().setSeconds(lost.createdAt().getSeconds() - 60).build();
    append(after, revision(lost, 3, tooEarly));
    append(after, revision(alone, 1));
    stop(after);
    try (var connection = backup.connect();
        var statement = connection.createStatement()) {
      assertThat(statement.execute("select start_log_epoch('a test', true)")).isTrue();
    }

    var restored = start(backup);
    try {
      assertThat(rows(backup)).isEqualTo(rows(database));
      assertThat(records(backup)).isEqualTo(records(database));
      assertThat(
              ask(
                  backup,
                  "select namespace || ' ' || count(*) || ' ' || max(leaf_index)"
                      + " from stamp_leaves group by namespace order by namespace"))
          .containsExactly("a 6 5", "b 1 0");
      assertThat(
              ask(
                  backup,
                  "select count(*) from metadata_stamps m join stamp_leaves l using (namespace,"
                      + " leaf_index) where substr(l.record, 58, 32)"
                      + " = decode(m.content_hash, 'hex')"))
          .containsExactly("4");
      // Of one stamp no revision stands before an earlier one, though the clock of one was slow.
      assertThat(
              ask(
                  backup,
                  "select string_agg((get_byte(record, 24))::text, ' ' order by leaf_index)"
                      + " from stamp_leaves where substr(record, 26, 32) = decode('"
                      + lost.hash()
                      + "', 'hex')"))
          .containsExactly("1 2 3");
      var log =
          StampLeafServiceGrpc.newBlockingStub(restored.channel())
              .getStampLog(GetStampLogRequest.newBuilder().setNamespace("a").build());
      assertThat(log.getEpoch()).isGreaterThan(1_700_000_000_000L);
      assertThat(log.getSize()).isEqualTo(6);
      assertThat(log.getEpochSize()).isEqualTo(2);
      append(restored, revision(lost, 4));
      assertThat(ask(backup, "select max(leaf_index) from stamp_leaves where namespace = 'a'"))
          .containsExactly("6");
    } finally {
      restored.close();
    }
  }
}
