// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.api.log.v1.ReadStreamResponse;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.MigratedDatabase;
import dev.omnibridge.dbadapter.log.KafkaRanges;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.dbadapter.store.Retirement.Month;
import dev.omnibridge.dbadapter.store.Retirement.Went;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A log of one test, written in SQL, with a Kafka that holds what the test says. */
final class RetiringLog implements AutoCloseable {
  private final TestPostgres.Database database;
  private final Vertx vertx = Vertx.vertx();
  private final Postgres postgres;
  private final Pool pool;
  private final Retirement retirement;
  private final LogQueries queries;
  private Future<KafkaRanges> kafka = Future.succeededFuture(new KafkaRanges("cluster", List.of()));

  RetiringLog() {
    this(MigratedDatabase.fresh());
  }

  private RetiringLog(TestPostgres.Database database) {
    this.database = database;
    this.postgres =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    this.pool = new Database(vertx, postgres).pool(2, true);
    this.retirement = new Retirement(pool, Map.of("long", Duration.ofDays(400)), () -> kafka);
    this.queries = new LogQueries(pool, Catalogue.load(), UUID.randomUUID());
  }

  void open() {
    var schema = new Schema(vertx, pool);
    var unused =
        await(schema.open(postgres, Duration.ofSeconds(20), new Lanes(2, 1), List.of("long")));
  }

  /** Another process on the same database. */
  RetiringLog another() {
    return new RetiringLog(database);
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(30, TimeUnit.SECONDS).await();
  }

  void pass(OffsetDateTime asOf) {
    await(retirement.pass(asOf));
  }

  Went step(Month month) {
    return await(retirement.step(month));
  }

  ReadStreamResponse read(ReadStreamRequest request) {
    return await(queries.readStream(request));
  }

  void kafkaIsAway() {
    kafka = Future.failedFuture(new IllegalStateException("no Kafka"));
  }

  void kafkaHolds(String cluster, long begin, long end) {
    var range = new KafkaRanges.Range("topic", "topic-id", 0, begin, end);
    kafka = Future.succeededFuture(new KafkaRanges(cluster, List.of(range)));
  }

  void consumed(String consumer, String cluster, int partition, long next) throws SQLException {
    execute(
        """
        insert into consumer_positions
        values ('%s', '%s', 'topic-id', %d, %d, gen_random_uuid(), now())
            on conflict (consumer, cluster_id, topic_id, partition)
            do update set next_offset = excluded.next_offset
        """
            .formatted(consumer, cluster, partition, next));
  }

  /** Every relay is past everything. */
  void relayed() throws SQLException {
    execute("update outbox_lanes set relayed_position = 1000000 where lane >= 0");
  }

  /** A run of our own with its row. */
  StreamId run(boolean finished, int events, OffsetDateTime at) throws SQLException {
    var run = new StreamId("workflow", "default", UUID.randomUUID().toString());
    execute(
        """
        insert into workflow_executions (
          run_id, namespace, workflow_id, workflow_type, current_state, shard, version, finished,
          definition_hash, started_at, workflow_steps_executed, workflow_steps_degraded, metadata,
          created_at, updated_at)
        values ('%s', 'default', 'w', 't', 'X', 0, 1, %s, 'd', now(), 0, 0, '{}', now(), now())
        """
            .formatted(run.id(), finished));
    return stream(run, 0, events, at);
  }

  void finish(StreamId run) throws SQLException {
    execute("update workflow_executions set finished = true where run_id = '" + run.id() + "'");
  }

  StreamId stream(StreamId stream, int lane, int events, OffsetDateTime at) throws SQLException {
    execute(
        """
        insert into streams (stream_key, kind, namespace, id, shard, lane, version, last_position,
                             last_append_id, recorded_at)
        values ('%s', '%s', '%s', '%s', 0, %d, 1, 1, gen_random_uuid(), now())
        """
            .formatted(stream.key(), stream.kind(), stream.namespace(), stream.id(), lane));
    append(stream, lane, 1, events, at);
    return stream;
  }

  /** So many more events of a run, from a version on. */
  void more(StreamId stream, int version, int events, OffsetDateTime at) throws SQLException {
    append(stream, 0, version, events, at);
  }

  UUID correlation(StreamId stream) {
    return new UUID(stream.key().getLeastSignificantBits(), 1);
  }

  /** All of a test's events lie in the class that it retires. */
  private void append(StreamId stream, int lane, int version, int events, OffsetDateTime at)
      throws SQLException {
    execute(
        """
        insert into events (
          event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
          version, lane, position, type, topic, correlation_id, body)
        select gen_random_uuid(), timestamptz '%1$s' + i * interval '1 ms', now(), 'long', '%2$s',
               '%3$s', '%4$s', '%5$s', %6$d + i, %7$d, next_position + i, 't', 't', '%8$s', '{}'
          from lanes, generate_series(0, %9$d - 1) as i
         where lane = %7$d
        """
            .formatted(
                at,
                stream.key(),
                stream.kind(),
                stream.namespace(),
                stream.id(),
                version,
                lane,
                correlation(stream),
                events));
    execute(
        "update lanes set next_position = next_position + %d where lane = %d"
            .formatted(events, lane));
    execute(
        "update streams set version = %d where stream_key = '%s'"
            .formatted(version + events - 1, stream.key()));
  }

  Connection connect() throws SQLException {
    return database.connect();
  }

  void execute(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  long count(String condition) throws SQLException {
    return number("select count(*) from events where " + condition);
  }

  boolean exists(String table) throws SQLException {
    return number("select count(*) from pg_class where relname = '" + table + "'") == 1;
  }

  @Override
  public void close() {
    retirement.stop();
    await(pool.close());
    await(vertx.close());
  }
}
