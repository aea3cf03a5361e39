// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of any size are rebuilt out of pages of their events, and no page is held for long. */
class RunRebuildingIT {
  private static final String TYPE = "dev.omnibridge.workflow.";
  private static final int RUNS = 130;
  private static final int LARGE_RUNS = 10;
  private static final int STEPS = 60;
  private static final int STEP = 25_000;

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Received received = new Received();

  @SuppressWarnings("NullAway.Init")
  private PgConnection connection;

  @BeforeEach
  void prepare() {
    var postgres =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    var connecting = new Database(vertx, postgres);
    var pool = connecting.pool(1, true);
    var unused =
        await(
            new Schema(vertx, pool)
                .open(postgres, Duration.ofSeconds(20), new Lanes(4, 2), List.of())
                .eventually(pool::close));
    connection = await(connecting.connect(true));
    execute(
        """
        create temp table placed (
          stream_key uuid, kind text, namespace text, stream_id text, shard integer,
          version bigint, type text, occurred_at timestamptz, body bytea, fits boolean)
        """,
        Tuple.tuple());
    // The small ones first, so that their pages are cut by number, and those of the others by
    // bytes.
    for (int i = 1; i <= RUNS; i++) {
      place(new UUID(0, i), i > RUNS - LARGE_RUNS ? STEP : 10);
    }
  }

  @AfterEach
  void stop() {
    await(connection.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(60, TimeUnit.SECONDS).await();
  }

  private void execute(String sql, Tuple arguments) {
    var unused = await(connection.preparedQuery(sql).execute(arguments));
  }

  private void place(UUID run, int stepBytes) {
    var started =
        payload()
            .put("namespace", "default")
            .put("workflow_id", "wf-" + run)
            .put("run_id", run.toString())
            .put("workflow_type", "examples/hello")
            .put("definition_hash", "ab".repeat(32));
    place(run, 1, 1, "started.v1", started);
    place(run, 2, STEPS + 1, "step-completed.v1", payload().put("output", "x".repeat(stepBytes)));
    var completed = payload();
    completed.set("output", payload().put("answer", 42));
    place(run, STEPS + 2, STEPS + 2, "completed.v1", completed);
  }

  private static ObjectNode payload() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Of one kind, from a version up to another. */
  private void place(UUID run, int from, int to, String type, ObjectNode payload) {
    var envelope =
        new Envelope(
            UUID.randomUUID(),
            TYPE + type,
            Instant.now(),
            "test",
            "default",
            null,
            null,
            null,
            "workflow/default/" + run,
            payload);
    execute(
        """
        insert into placed
        select $1::uuid, 'workflow', 'default', $1::uuid::text, 7, version, $2::text, now(),
               $3::bytea, true
          from generate_series($4::int, $5::int) as version
        """,
        Tuple.of(run, TYPE + type, Buffer.buffer(envelope.toJson()), from, to));
  }

  @Test
  void shouldRebuildRunsOutOfBoundedPagesAndHoldNone() {
    var pipeline = Pipeline.begin(received.by(connection, SqlConnection.class));
    var runs = new RunRebuilding(pipeline);
    var unused = await(runs.rebuild());
    assertThat(received.most()).isLessThan(2L * PageSize.MAX_BYTES);
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> received.held() < 2L * PageSize.MAX_BYTES);
    unused = await(pipeline.commit());

    assertThat(runs.count()).isEqualTo(RUNS);
    var rows =
        await(
            connection
                .query(
                    """
                    select count(*) from workflow_executions
                     where current_state = 'COMPLETED' and finished and version = 62 and shard = 7
                       and workflow_steps_executed = 60 and output::text = '{"answer":42}'
                    """)
                .execute());
    assertThat(rows.iterator().next().getLong(0)).isEqualTo(RUNS);
  }

  /** One run at a time: as many rounds as 13,000 runs have. */
  @Test
  void shouldTakeNoMoreStackForMoreRounds() {
    var pipeline = Pipeline.begin(connection);
    var runs = new RunRebuilding(pipeline, 1);
    long frames = await(runs.rebuild().map(_ -> StackWalker.getInstance().walk(Stream::count)));
    var unused = await(pipeline.commit());
    assertThat(runs.count()).isEqualTo(RUNS);
    assertThat(frames).isLessThan(200);
  }
}
