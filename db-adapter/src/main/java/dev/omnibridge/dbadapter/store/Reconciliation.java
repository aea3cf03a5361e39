// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.dbadapter.log.OwnRecord;
import dev.omnibridge.dbadapter.log.Reconciled;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends again what Kafka has of a restored log and the database lacks: first all records are kept
 * in a temporary table, in any order; then one transaction finds those that are still part of the
 * log, gives them their versions and new positions in the old order, rebuilds the rows of their
 * runs, and says that it is done. So it is done wholly or not at all, by one of several db-adapters
 * that try.
 */
public final class Reconciliation implements AutoCloseable {

  /** It reads and writes a great many rows at once, while nobody else uses the log. */
  private static final String SETTINGS =
      """
      select set_config(name, case name when 'enable_seqscan' then 'on'
                                        when 'plan_cache_mode' then 'auto' else '0' end, false)
        from pg_settings
       where name in ('statement_timeout', 'transaction_timeout', 'plan_cache_mode',
                      'idle_in_transaction_session_timeout', 'lock_timeout', 'enable_seqscan')
      """;

  private static final String MAKE_KEPT =
      """
      create temp table kept (
        epoch bigint, lane integer, position bigint, event_id uuid, occurred_at timestamptz,
        retention text, stream_key uuid, kind text, namespace text, stream_id text, shard integer,
        version bigint, type text, topic text, correlation_id uuid, causation_id uuid,
        session_id uuid, body bytea, primary key (epoch, lane, position))
      """;

  private static final String KEEP =
      """
      insert into kept
      select * from unnest($1::bigint[], $2::int[], $3::bigint[], $4::uuid[], $5::timestamptz[],
                           $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::int[],
                           $12::bigint[], $13::text[], $14::text[], $15::uuid[], $16::uuid[],
                           $17::uuid[], $18::bytea[])
          on conflict do nothing
      """;

  private static final String PENDING =
      """
      select epoch, restored_time from log_epochs where kafka = 'PENDING' order by epoch desc limit 1
      """;

  private static final String CLAIM =
      "select 1 from log_epochs where epoch = $1 and kafka = 'PENDING' for update";

  private static final String LOCK_LANES = "select lane from lanes order by lane for update";

  /**
   * A record counts unless a later epoch began at or before its position: the database knows where
   * its own began, and the records of one that it does not know show where it did at the latest. An
   * event that came under several epochs counts once. Of every stream, the events that follow its
   * head without a gap fit.
   */
  private static final String PLACE =
      """
      create temp table placed on commit drop as
      with firsts as
             (select epoch, lane, min(position) as first_position from kept group by epoch, lane
               union all
              select epoch, lane, first_position from log_epoch_lanes where epoch < %1$d),
           valid as
             (select distinct on (event_id, occurred_at) k.*
                from kept k
               where k.epoch < %1$d
                 and not exists (select from firsts f
                                  where f.lane = k.lane and f.epoch > k.epoch
                                    and f.first_position <= k.position)
               order by event_id, occurred_at, epoch desc),
           fitting as
             (select v.*, coalesce(s.lane, v.lane) as to_lane,
                     v.version = coalesce(s.version, 0)
                                 + row_number() over (partition by v.stream_key
                                                      order by v.version, v.epoch, v.position)
                       as fits
                from valid v left join streams s on s.stream_key = v.stream_key
               where not exists (select from events e
                                  where e.event_id = v.event_id
                                    and e.occurred_at = v.occurred_at))
      select f.*,
             l.next_position - 1 + row_number() over (partition by f.to_lane, f.fits
                                                      order by f.epoch, f.position) as new_position
        from fitting f join lanes l on l.lane = f.to_lane
      """;

  private static final String INSERT_EVENTS =
      """
      insert into events
        (event_id, occurred_at, recorded_at, retention, stream_key, kind, namespace, stream_id,
         version, lane, position, type, topic, correlation_id, causation_id, session_id, body)
      select event_id, occurred_at, clock_timestamp(), retention, stream_key, kind, namespace,
             stream_id, version, to_lane, new_position, type, topic, correlation_id, causation_id,
             session_id, body
        from placed where fits order by to_lane, new_position
      """;

  /** The append's id is unknown; its repeat is told by its events. */
  private static final String UPSERT_STREAMS =
      """
      insert into streams as s
        (stream_key, kind, namespace, id, shard, lane, version, last_position, last_append_id,
         recorded_at)
      select stream_key, kind, namespace, stream_id, min(shard), to_lane, max(version),
             max(new_position), gen_random_uuid(), clock_timestamp()
        from placed where fits group by stream_key, kind, namespace, stream_id, to_lane
          on conflict (stream_key) do update
         set version = excluded.version, last_position = excluded.last_position,
             last_append_id = excluded.last_append_id, recorded_at = excluded.recorded_at
      """;

  private static final String ADVANCE_LANES =
      """
      update lanes l set next_position = moved.last + 1
        from (select to_lane, max(new_position) as last from placed where fits group by to_lane)
          as moved
       where l.lane = moved.to_lane
      """;

  private static final String COUNT =
      """
      select (select count(*) from kept) as read,
             count(*) filter (where fits) as recovered,
             count(distinct stream_key) filter (where fits) as streams,
             count(*) filter (where not fits) as unplaced,
             coalesce((array_agg(distinct kind || '/' || namespace || '/' || stream_id)
                        filter (where not fits))[1:10], '{}') as unplaced_streams
        from placed
      """;

  private static final String DONE =
      "update log_epochs set kafka = 'RECONCILED', outcome = $2::text::json where epoch = $1";

  /** What is still to be done: for which epoch, and up to which time the log is there. */
  public record Task(long epoch, @Nullable OffsetDateTime restoredTo) {}

  private final PgConnection connection;

  private Reconciliation(PgConnection connection) {
    this.connection = connection;
  }

  /** With a connection of its own, which is to be closed. */
  public static Future<Reconciliation> begin(Database database) {
    return database
        .connectPatiently()
        .compose(connection ->
            connection
                .query(SETTINGS)
                .execute()
                .compose(_ -> connection.query(MAKE_KEPT).execute())
                .map(_ -> new Reconciliation(connection))
                .onFailure(_ -> connection.close()))
        .recover(Reconciliation::faulty);
  }

  /** Empty when nothing has to be done, any more. */
  public Future<Optional<Task>> task() {
    return connection
        .query(PENDING)
        .execute()
        .map(rows -> {
          for (Row row : rows) {
            return Optional.of(
                new Task(row.getLong("epoch"), row.getOffsetDateTime("restored_time")));
          }
          return Optional.<Task>empty();
        })
        .recover(Reconciliation::faulty);
  }

  /** Keeps records for later; one that comes again changes nothing. */
  public Future<?> keep(List<OwnRecord> records) {
    return connection
        .preparedQuery(KEEP)
        .execute(
            Columns.of(records)
                .bigint(OwnRecord::epoch)
                .integer(OwnRecord::lane)
                .bigint(OwnRecord::position)
                .uuid(one -> one.event().key().id())
                .time(one -> one.event().key().occurredAt())
                .text(one -> one.event().retention())
                .uuid(one -> one.stream().key())
                .text(one -> one.stream().kind())
                .text(one -> one.stream().namespace())
                .text(one -> one.stream().id())
                .integer(one -> one.stream().shard(""))
                .bigint(OwnRecord::version)
                .text(one -> one.event().type())
                .text(one -> one.event().topic())
                .uuid(one -> one.event().correlationId())
                .uuid(one -> one.event().causationId())
                .uuid(one -> one.event().sessionId())
                .bytes(one -> one.event().body())
                .tuple())
        .recover(Reconciliation::faulty);
  }

  /** Appends what was kept and is missing; nothing when another one has done it meanwhile. */
  public Future<Reconciled> finish(Task task, long damaged) {
    var pipeline = Pipeline.begin(connection);
    return pipeline
        .send(CLAIM, Tuple.of(task.epoch()))
        .compose(claimed ->
            claimed.rowCount() == 0
                ? pipeline.rollback().map(Reconciled.nothing(task.epoch()))
                : append(pipeline, task.epoch(), damaged))
        .recover(failure ->
            pipeline
                .rollback()
                .transform(ended -> faulty(ended.failed() ? ended.cause() : failure)));
  }

  private Future<Reconciled> append(Pipeline pipeline, long epoch, long damaged) {
    Tuple none = Tuple.tuple();
    List.of(LOCK_LANES, "analyze kept", PLACE.formatted(epoch), "analyze placed", INSERT_EVENTS)
        .forEach(sql -> send(pipeline, sql));
    List.of(UPSERT_STREAMS, StampRestoring.RESTORE, ADVANCE_LANES)
        .forEach(sql -> send(pipeline, sql));
    Future<RowSet<Row>> counted = pipeline.send(COUNT, none);
    var runs = new RunRebuilding(pipeline);
    return counted
        .compose(_ -> runs.rebuild())
        .compose(_ -> runs.lostDefinitions())
        .map(lost -> outcome(epoch, damaged, counted.result(), runs.count(), lost))
        .compose(outcome ->
            pipeline
                .send(DONE, Tuple.of(epoch, json(outcome)))
                .compose(_ -> pipeline.commit())
                .map(outcome));
  }

  private static void send(Pipeline pipeline, String sql) {
    var unused = pipeline.send(sql, Tuple.tuple());
  }

  private static Reconciled outcome(
      long epoch, long damaged, RowSet<Row> counted, long runs, List<String> lostDefinitions) {
    Row row = counted.iterator().next();
    return new Reconciled(
        epoch,
        row.getLong("read"),
        damaged,
        row.getLong("recovered"),
        row.getLong("streams"),
        runs,
        row.getLong("unplaced"),
        new ArrayList<>(List.of(row.getArrayOfStrings("unplaced_streams"))),
        lostDefinitions);
  }

  private static String json(Reconciled outcome) {
    return new ObjectMapper().valueToTree(outcome).toString();
  }

  private static <T> Future<T> faulty(Throwable failure) {
    return Future.failedFuture(Failures.fault(failure));
  }

  /** Gives the connection up, and with it what was kept. */
  @Override
  public void close() {
    var unused = connection.close();
  }
}
