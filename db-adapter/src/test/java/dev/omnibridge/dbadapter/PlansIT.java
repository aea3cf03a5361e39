// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterFilter.Builder;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.api.log.v1.GetStampRowRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.PayloadFilter;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.dbadapter.query.Cut;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.DeadLetterLane;
import dev.omnibridge.dbadapter.store.DeadLetterQueries;
import dev.omnibridge.dbadapter.store.EventLane;
import dev.omnibridge.dbadapter.store.EventQueries;
import dev.omnibridge.dbadapter.store.IndexQueries;
import dev.omnibridge.dbadapter.store.RedriveLane;
import dev.omnibridge.dbadapter.store.WorkflowQueries;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every question that is asked all the time has its index, in every partition: by the plan that is
 * made once for all values, in a session as ours are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlansIT {
  private static final DeadLetterState OPEN = DeadLetterState.DEAD_LETTER_STATE_OPEN;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();
  private final PageTokens tokens = new PageTokens(new UUID(0, 1));

  /** One connection, so that what a question left prepared is found again. */
  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  @BeforeAll
  void prepare() throws SQLException {
    try (var adapter = RunningDbAdapter.start(database, config -> config)) {
      pool = new Database(vertx, adapter.config().postgres()).pool(1, true);
    }
    fill();
  }

  /** As much as after a while, so that the wrong index is the dearer one. */
  private void fill() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into workflow_executions (
            run_id, namespace, workflow_id, workflow_type, current_state, shard, version, finished,
            due_at, definition_hash, started_at, workflow_steps_executed, workflow_steps_degraded,
            metadata, created_at, updated_at)
          select gen_random_uuid(), 'n' || i % 50, 'w' || i, 'examples/hello',
                 case when i % 3 = 0 then 'RUNNING' else 'COMPLETED' end, i / 3 % 256, 1,
                 i % 3 <> 0, case when i % 6 = 0 then now() end, 'd',
                 now() - i * interval '1 minute', 1, 0, '{}', now(), now()
            from generate_series(1, 60000) as i
          """);
      statement.execute(
          """
          insert into metadata_stamps
          select 'a', 'f' || i, 'c' || i, gen_random_uuid(), '/f', 1, 't', 1, '{}', null,
                 gen_random_uuid(), now(), now()
            from generate_series(1, 5000) as i
          """);
      statement.execute(
          """
          insert into events (
            event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
            version, lane, position, type, topic, correlation_id, body)
          select gen_random_uuid(), now() + i * interval '1 ms', now(), 'long', gen_random_uuid(),
                 'k', 'n', 's', 1, 0, i, 't', 't', gen_random_uuid(), '{}'
            from generate_series(1, 20000) as i
          """);
      statement.execute(
          """
          insert into dead_letters (
            consumer, cluster_id, topic_id, partition, record_offset, topic, headers, error_class,
            error_reason, error_message, dead_at, published_at, state, event_type, correlation_id)
          select 'c', 'k', 't', 0, i, 'topic' || i % 20, '[]', 'POISON', 'R' || i % 20, '',
                 now() - i * interval '1 minute', now(),
                 case when i % 50 = 0 then 'OPEN' else 'REDRIVEN' end, 'type' || i % 20,
                 gen_random_uuid()
            from generate_series(1, 20000) as i
          """);
      statement.execute("analyze");
    }
  }

  @AfterAll
  void stop() {
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(60, TimeUnit.SECONDS).await();
  }

  private static Arguments asked(String what, Function<Pool, Future<?>> asking, String... indexes) {
    return Arguments.of(what, asking, List.of(indexes));
  }

  private Stream<Arguments> questions() {
    return Stream.of(
        asked(
            "unfinished",
            pool ->
                workflows(pool).unfinished(ListUnfinishedRequest.newBuilder().addShards(1).build()),
            "workflow_executions_unfinished_by_run\\b.*\\s+Index Cond: \\(run_id"),
        asked(
            "due",
            pool -> workflows(pool).due(ListDueRequest.newBuilder().addShards(1).build()),
            "workflow_executions_unfinished\\b.*\\s+Index Cond: .*due_at <= now"),
        asked(
            "due, next page",
            pool -> workflows(pool).due(nextPageOfDue()),
            "workflow_executions_unfinished\\b.*\\s+Index Cond: .*due_at <= now"),
        asked(
            "runs",
            pool -> workflows(pool).list(ListWorkflowRowsRequest.getDefaultInstance()),
            "workflow_executions_by_start"),
        asked(
            "runs of a namespace",
            pool -> workflows(pool).list(runs().setNamespace("n7").build()),
            "workflow_executions_by_namespace"),
        asked(
            "runs of a correlation",
            pool -> workflows(pool).list(runs().setCorrelationId(someId()).build()),
            "workflow_executions_by_correlation"),
        asked(
            "stamps of a namespace",
            pool ->
                new IndexQueries(pool, tokens)
                    .stamps(ListStampRowsRequest.newBuilder().setNamespace("a").build()),
            "page .*\\s+->  Limit .*\\s+->  Index Scan using metadata_stamps_by_age"),
        asked(
            "forget",
            pool -> new ContentStore(pool, pool).forget(Duration.ofDays(30)),
            "content_by_use\\b.*\\s+Index Cond: \\(used_at",
            "workflow_executions_unfinished_by_start"),
        asked(
            "stat", pool -> new ContentStore(pool, pool).stat(List.of(Given.HASH)), "content_pkey"),
        asked(
            "stamp of a content",
            pool ->
                new IndexQueries(pool, tokens)
                    .stamp(
                        GetStampRowRequest.newBuilder()
                            .setNamespace("a")
                            .setContentHash(Given.HASH)
                            .build()),
            "metadata_stamps_by_content"),
        asked(
            "lane",
            pool -> new EventLane(pool, Catalogue.load(), id(), 2, id()).next(500),
            "events_\\w+_lane_position_idx"),
        asked(
            "dead letters",
            pool -> new DeadLetterLane(pool, id()).next(500),
            "dead_letters_unpublished"),
        asked(
            "redrives",
            pool -> new RedriveLane(vertx, pool, id(), System::nanoTime).next(500),
            "dead_letter_redrives_queued"),
        letters("dead letters", letters -> letters, "dead_letters_by_time"),
        letters("open ones", letters -> letters.setState(OPEN), "dead_letters_open"),
        letters(
            "open ones of a topic",
            letters -> letters.setState(OPEN).setTopic("topic3"),
            "dead_letters_open_by_topic"),
        letters("those of a topic", letters -> letters.setTopic("topic3"), "dead_letters_by_topic"),
        letters(
            "those of a reason", letters -> letters.setErrorReason("R3"), "dead_letters_by_reason"),
        letters(
            "those of a type", letters -> letters.setEventType("type3"), "dead_letters_by_type"),
        letters(
            "those of a correlation",
            letters -> letters.setCorrelationId(someId()),
            "dead_letters_by_correlation"),
        asked(
            "events of a correlation",
            pool -> log(pool).query(events().setCorrelationId(someId()).build()),
            "events_\\w+_correlation_id_idx"),
        asked(
            "events of a cause",
            pool -> log(pool).query(events().setCausationId(someId()).build()),
            "events_\\w+_causation_id_idx"),
        asked(
            "events of a session",
            pool -> log(pool).query(events().setSessionId(someId()).build()),
            "events_\\w+_session_id_idx"),
        asked(
            "events of a stream",
            pool -> log(pool).query(events().setStream(stream()).build()),
            "events_\\w+_stream_key_version_idx"),
        asked(
            "events of a time",
            pool -> log(pool).query(events().setSince(Given.now()).build()),
            "events_\\w+_occurred_at_idx"),
        asked(
            "how many a slice of time holds",
            pool -> log(pool).query(events().setSince(inYears(1)).setUntil(inYears(2)).build()),
            "events_\\w+_occurred_at_idx\\b.*\\s+Index Cond: \\(\\(occurred_at"),
        asked(
            "events of a type, a topic and a field in a time",
            pool ->
                log(pool)
                    .query(
                        events()
                            .setSince(anHourAgo())
                            .setType(Given.STEP_COMPLETED)
                            .setTopic("t")
                            .addPayload(PayloadFilter.newBuilder().setField("run_id").setValue("x"))
                            .build()),
            "events_\\w+_occurred_at_idx"),
        asked(
            "events of a correlation, next page",
            pool -> log(pool).query(nextPageOfCorrelation()),
            "events_\\w+_correlation_id_idx"));
  }

  private QueryEventsRequest nextPageOfCorrelation() {
    var question = events().setCorrelationId(someId()).build();
    var cut = new Cut(new Integer[] {0, 100}, new Long[] {9L, 9L});
    var place = List.of("2026-01-01T00:00:00Z", "0", "7", cut.text());
    return question.toBuilder().setPageToken(tokens.token(question, place)).build();
  }

  private static Timestamp inYears(int years) {
    var now = Given.now();
    return now.toBuilder().setSeconds(now.getSeconds() + years * 31_536_000L).build();
  }

  private static Timestamp anHourAgo() {
    var now = Given.now();
    return now.toBuilder().setSeconds(now.getSeconds() - 3_600).build();
  }

  private Arguments letters(String what, UnaryOperator<Builder> filter, String index) {
    var request =
        ListDeadLettersRequest.newBuilder().setFilter(filter.apply(DeadLetterFilter.newBuilder()));
    return asked(
        what, pool -> new DeadLetterQueries(pool, tokens).list(request.build()), index + "\\b");
  }

  private ListDueRequest nextPageOfDue() {
    var token =
        tokens.token(
            ListDueRequest.getDefaultInstance(), List.of("2026-01-01T00:00:00Z", someId()));
    return ListDueRequest.newBuilder().addShards(1).setPageToken(token).build();
  }

  private static ListWorkflowRowsRequest.Builder runs() {
    return ListWorkflowRowsRequest.newBuilder();
  }

  private static QueryEventsRequest.Builder events() {
    return QueryEventsRequest.newBuilder();
  }

  private static StreamName stream() {
    return Given.run();
  }

  private static UUID id() {
    return UUID.randomUUID();
  }

  private static String someId() {
    return id().toString();
  }

  private WorkflowQueries workflows(Pool pool) {
    return new WorkflowQueries(pool, tokens);
  }

  private EventQueries log(Pool pool) {
    return new EventQueries(pool, Catalogue.load(), tokens);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("questions")
  void shouldAnswerByItsIndex(String what, Function<Pool, Future<?>> asking, List<String> indexes) {
    await(asking.apply(pool).otherwiseEmpty());
    Row prepared =
        await(
                pool.query(
                        """
                        select name, parameter_types::text[] as types
                          from pg_prepared_statements order by prepare_time desc limit 1
                        """)
                    .execute())
            .iterator()
            .next();
    String values =
        Stream.of(prepared.getArrayOfStrings("types"))
            .map(PlansIT::value)
            .collect(Collectors.joining(", "));
    shouldUse(plan(prepared.getString("name"), values), indexes);
  }

  /** Values do not matter but for classes and times: null would leave no partition. */
  private static String value(String type) {
    return switch (type) {
      case "text" -> "'long'";
      case "timestamp with time zone" -> "now()";
      default -> "null";
    };
  }

  private static void shouldUse(String plan, List<String> indexes) {
    assertThat(plan).doesNotContain("Seq Scan");
    for (String index : indexes) {
      assertThat(plan).containsPattern("\\b" + index + "\\b");
    }
  }

  /** What appends ask on connections of their own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select 1 from events where stream_key = $1 and version > $2 order by version limit $3 \
          | gen_random_uuid(), 3, 9 | events_\\w+_stream_key_version_idx
          select 1 from events where event_id = $1 and occurred_at = $2 \
          | gen_random_uuid(), now() | events_\\w+_pkey
          select 1 from streams where stream_key = any($1::uuid[]) \
          | array[gen_random_uuid()] | streams_pkey
          select 1 from events_long_default e where (e.lane, e.position) > ($1, $2) \
            order by e.lane, e.position limit $3 \
          | 1, 2, 3 | events_long_default_lane_position_idx
          """)
  void shouldAnswerAnAppendByItsIndex(String question, String values, String index) {
    await(pool.query("prepare question as " + question).execute());
    try {
      shouldUse(plan("question", values), List.of(index));
    } finally {
      await(pool.query("deallocate question").execute());
    }
  }

  @Test
  void shouldPruneTheOtherRetentionClasses() {
    await(
        pool.query(
                "prepare question as select 1 from events where stream_key = $1 and retention = $2")
            .execute());
    assertThat(plan("question", "gen_random_uuid(), 'long'"))
        .contains("events_long")
        .doesNotContain("events_standard");
    await(pool.query("deallocate question").execute());
  }

  private String plan(String prepared, String values) {
    String call = values.isEmpty() ? "" : "(" + values + ")";
    var rows = await(pool.query("explain execute \"" + prepared + "\"" + call).execute());
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.getString(0))
        .collect(Collectors.joining("\n"));
  }
}
