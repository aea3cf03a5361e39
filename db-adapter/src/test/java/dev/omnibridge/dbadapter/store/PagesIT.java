// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.BridgeStateRow;
import dev.omnibridge.api.log.v1.ListBridgeStatesRequest;
import dev.omnibridge.api.log.v1.ListDeadLetterActionsRequest;
import dev.omnibridge.api.log.v1.ListDeadLettersRequest;
import dev.omnibridge.api.log.v1.ListDueRequest;
import dev.omnibridge.api.log.v1.ListStampCheckpointsRequest;
import dev.omnibridge.api.log.v1.ListStampRowsRequest;
import dev.omnibridge.api.log.v1.ListUnfinishedRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.StampCheckpoint;
import dev.omnibridge.api.log.v1.StampRow;
import dev.omnibridge.api.log.v1.StoredWorkflow;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.PageTokens;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The database sends a list's page and no more, however large the rows are; none is lost. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {
  /** What a row may have besides its large values. */
  private static final int SMALL = 1000;

  private static final int MOST = 1000;
  private static final int COUNT = 80;
  private static final int METADATA = 64 << 10;
  private static final int RUN = 80_000;
  private static final int STATE = 900_000;
  private static final int ACTION = 200_000;
  private static final int LETTERS = 600;

  /** As long as a message may be, of characters of three bytes. */
  private static final int LETTER = 3 * 4096;

  private static final List<Integer> SHARDS = IntStream.range(0, 256).boxed().toList();

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final PageTokens tokens = new PageTokens(new UUID(0, 1));

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  @SuppressWarnings("NullAway.Init")
  private Received received;

  @SuppressWarnings("NullAway.Init")
  private Pool watched;

  @BeforeAll
  void fill() throws SQLException {
    var postgres =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    pool = new Database(vertx, postgres).pool(2, true);
    var unused =
        await(
            new Schema(vertx, pool)
                .open(postgres, Duration.ofSeconds(20), new Lanes(4, 2), List.of()));
    execute(
        """
        insert into metadata_stamps
        select 'a', 'f' || i, 'c' || i, gen_random_uuid(), '/f', 1, 't', 1,
               json_build_object('x', repeat('x', %d)), null, gen_random_uuid(),
               now() + i * interval '1 s', now()
          from generate_series(1, %d) as i
        """
            .formatted(METADATA, COUNT));
    execute(
        """
        insert into workflow_executions (
          run_id, namespace, workflow_id, workflow_type, current_state, shard, version, finished,
          due_at, definition_hash, started_at, workflow_steps_executed, workflow_steps_degraded,
          metadata, output, created_at, updated_at)
        select gen_random_uuid(), 'a', 'w' || i, 'examples/hello', 'RUNNING', i %% 256, 1, false,
               now() - interval '1 hour', 'd', now() - i / 5 * interval '1 minute', 1, 0,
               json_build_object('x', repeat('x', 16000)),
               json_build_object('x', repeat('x', %d - 16000)), now(), now()
          from generate_series(1, %d) as i
        """
            .formatted(RUN, COUNT));
    execute(
        """
        insert into bridge_states
        select 'n' || i, 'idle', 1, 1, 1, 1, json_build_object('x', repeat('x', %d)), now(), now()
          from generate_series(1, 12) as i
        """
            .formatted(STATE));
    execute(
        """
        insert into stamp_checkpoints
        select 'a', 1, i, decode(repeat('ab', 32), 'hex'), decode(repeat('cd', 32), 'hex'),
               repeat('x', %d)
          from generate_series(1, %d) as i
        """
            .formatted(METADATA, COUNT));
    execute(
        """
        insert into dead_letter_actions (letter_id, request_id, action, actor, reason, details)
        select i, gen_random_uuid(), 'REDRIVE', 'ada', '', json_build_object('x', repeat('x', %d))
          from generate_series(1, %d) as i
        """
            .formatted(ACTION, COUNT));
    execute(
        """
        insert into dead_letters (
          dead_at, consumer, cluster_id, topic_id, partition, record_offset, topic, headers,
          error_class, error_reason, error_message)
        select now() + i / 5 * interval '1 s', 'reducer', 'cluster', 'topic', 0, i, 'things', '[]',
               'POISON', 'BROKEN', repeat('\u20ac', %d)
          from generate_series(1, %d) as i
        """
            .formatted(LETTER / 3, LETTERS));
  }

  @BeforeEach
  void watch() {
    received = new Received();
    watched = received.by(pool, Pool.class);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
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

  /** What a page holds, and where to go on; nowhere at the end. */
  private record Part(List<String> ids, String next) {}

  private List<String> walk(int largest, Function<String, Future<Part>> ask) {
    var found = new ArrayList<String>();
    String at = "";
    do {
      Part page = await(ask.apply(at));
      assertThat(received.most()).isLessThan(PageSize.MAX_BYTES + largest + SMALL);
      assertThat(page.ids()).isNotEmpty();
      found.addAll(page.ids());
      at = page.next();
    } while (!at.isEmpty());
    assertThat(found).doesNotHaveDuplicates();
    return found;
  }

  private WorkflowQueries workflows() {
    return new WorkflowQueries(watched, tokens);
  }

  private static List<String> ids(List<StoredWorkflow> runs) {
    return runs.stream().map(stored -> stored.getRow().getRunId()).toList();
  }

  @Test
  void shouldSendNoMoreStampsThanAPageHolds() {
    var question = ListStampRowsRequest.newBuilder().setNamespace("a").setPageSize(MOST);
    var found =
        walk(
            METADATA,
            token ->
                new IndexQueries(watched, tokens)
                    .stamps(question.setPageToken(token).build())
                    .map(page ->
                        new Part(
                            page.getStampsList().stream().map(StampRow::getFileHash).toList(),
                            page.getNextPageToken())));
    assertThat(found)
        .isEqualTo(IntStream.rangeClosed(1, COUNT).mapToObj(i -> "f" + i).toList().reversed());
  }

  /** Every page ends with more bytes than one holds: the last, too, and nothing follows it. */
  @Test
  void shouldSendNoMoreStatesOfNamespacesThanAPageHolds() {
    var question = ListBridgeStatesRequest.newBuilder().setPageSize(MOST);
    var found =
        walk(
            STATE,
            token ->
                new IndexQueries(watched, tokens)
                    .bridgeStates(question.setPageToken(token).build())
                    .map(page ->
                        new Part(
                            page.getStatesList().stream()
                                .map(BridgeStateRow::getNamespace)
                                .toList(),
                            page.getNextPageToken())));
    assertThat(found).hasSize(12);
  }

  @Test
  void shouldSendNoMoreRunsThanAPageHolds() {
    var question = ListWorkflowRowsRequest.newBuilder().setPageSize(MOST);
    var found =
        walk(
            RUN,
            token ->
                workflows()
                    .list(question.setPageToken(token).build())
                    .map(page -> new Part(ids(page.getWorkflowsList()), page.getNextPageToken())));
    assertThat(found).hasSize(COUNT);
  }

  @Test
  void shouldSendNoMoreDueRunsThanAPageHolds() {
    var question = ListDueRequest.newBuilder().addAllShards(SHARDS).setPageSize(MOST);
    var found =
        walk(
            RUN,
            token ->
                workflows()
                    .due(question.setPageToken(token).build())
                    .map(page -> new Part(ids(page.getWorkflowsList()), page.getNextPageToken())));
    assertThat(found).hasSize(COUNT);
  }

  @Test
  void shouldSendNoMoreUnfinishedRunsThanAPageHolds() {
    var question = ListUnfinishedRequest.newBuilder().addAllShards(SHARDS).setPageSize(MOST);
    var found =
        walk(
            RUN,
            last ->
                workflows()
                    .unfinished(question.setAfterRunId(last).build())
                    .map(page -> ids(page.getWorkflowsList()))
                    .compose(this::upToLast));
    assertThat(found).hasSize(COUNT).isSorted();
  }

  /** Their end is an empty page. */
  private Future<Part> upToLast(List<String> ids) {
    var question =
        ListUnfinishedRequest.newBuilder().addAllShards(SHARDS).setAfterRunId(ids.getLast());
    return workflows()
        .unfinished(question.build())
        .map(rest -> new Part(ids, rest.getWorkflowsCount() == 0 ? "" : ids.getLast()));
  }

  @Test
  void shouldSendNoMoreCheckpointsThanAnAnswerHolds() {
    var question = ListStampCheckpointsRequest.newBuilder().setNamespace("a").setLimit(MOST);
    var found = await(new StampCheckpoints(watched).list(question.build())).getCheckpointsList();
    assertThat(received.most()).isLessThan(PageSize.MAX_BYTES + METADATA + SMALL);
    assertThat(found).extracting(StampCheckpoint::getSize).startsWith(80L, 79L, 78L, 77L);
  }

  @Test
  void shouldSendNoMoreActionsThanAPageHolds() {
    var question = ListDeadLetterActionsRequest.newBuilder().setPageSize(MOST);
    var found =
        walk(
            ACTION,
            token ->
                new DeadLetterQueries(watched, tokens)
                    .actions(question.setPageToken(token).build())
                    .map(page ->
                        new Part(
                            page.getActionsList().stream()
                                .map(action -> Long.toString(action.getActionId()))
                                .toList(),
                            page.getNextPageToken())));
    assertThat(found).hasSize(COUNT);
  }

  @Test
  void shouldSendNoMoreLettersThanAPageHolds() {
    var question = ListDeadLettersRequest.newBuilder().setPageSize(MOST);
    var found =
        walk(
            LETTER,
            token ->
                new DeadLetterQueries(watched, tokens)
                    .list(question.setPageToken(token).build())
                    .map(page ->
                        new Part(
                            page.getLettersList().stream()
                                .map(letter -> Long.toString(letter.getOffset()))
                                .toList(),
                            page.getNextPageToken())));
    assertThat(found)
        .isEqualTo(
            IntStream.rangeClosed(1, LETTERS).mapToObj(Integer::toString).toList().reversed());
  }
}
