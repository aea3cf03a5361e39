// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.Pace;
import dev.omnibridge.dbadapter.log.RecordHeaders;
import dev.omnibridge.dbadapter.log.Redriven;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The redrives that Kafka does not have yet, in their order and no faster than each one asks for.
 * One that was published and not marked is published again, the same in every byte.
 */
public final class RedriveLane implements OutboxLane {
  /** Stands for the redrives in the table of lanes. */
  public static final int LANE = -2;

  private static final int MOST = 50;

  /** Longer pauses are the relay's, which has its lease to see to. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final String QUEUED =
      """
      (select r.seq, r.redrive_id, r.number, r.actor, r.queued_at, r.target_topic, r.per_second,
              d.record_key,
              case when r.value_edited then r.value else d.record_value end as record_value,
              coalesce(r.headers, d.headers) as headers,
              d.redrive_id is not null as from_redrive, d.record_time
         from dead_letter_redrives r join dead_letters d on d.id = r.letter_id
        where r.published_at is null and r.refused_at is null) as queued
      """;

  private static final String READ =
      Page.question(
          """
          seq, redrive_id, number, actor, queued_at, target_topic, per_second, record_key,
          record_value, headers::text as headers, from_redrive, record_time
          """,
          QUEUED,
          DeadLetterRows.RECORD_SIZE,
          "seq",
          "least($1, %d)".formatted(MOST));

  private static final String MARK =
      """
      with held as (
        update outbox_lanes set lease_until = %s where lane = %d and owner = $2 returning lane),
      gone as (
        update dead_letter_redrives set published_at = now()
         where seq = any($1::bigint[]) and published_at is null and exists (select from held)
        returning letter_id),
      told as (%s)
      select lane from held
      """
          .formatted(Lease.RENEWED, LANE, letters("REDRIVEN"));

  private static final String GIVE_UP =
      """
      with held as (
        update outbox_lanes set lease_until = %s where lane = %d and owner = $2 returning lane),
      gone as (
        update dead_letter_redrives set refused_at = now(), refusal = $3
         where seq = $1 and published_at is null and exists (select from held)
        returning letter_id),
      told as (%s)
      select lane from held
      """
          .formatted(Lease.RENEWED, LANE, letters("OPEN"));

  private final Vertx vertx;
  private final Pool pool;
  private final UUID owner;
  private final Lease lease;
  private final LongSupplier nanos;
  private final Pace pace = new Pace(MOST);

  /** The nanoseconds are of a clock that measures durations. */
  public RedriveLane(Vertx vertx, Pool pool, UUID owner, LongSupplier nanos) {
    this.vertx = vertx;
    this.pool = pool;
    this.owner = owner;
    this.lease = new Lease(pool, LANE, owner);
    this.nanos = nanos;
  }

  /**
   * The letters of a record that has gone one way or the other, of all who gave it up; not one that
   * still waits for a redrive of its own.
   */
  private static String letters(String state) {
    return """
    update dead_letters set state = '%s' where state = 'REDRIVING' and id in (
      select s.id
        from gone
        join dead_letters d on d.id = gone.letter_id
        join dead_letters s using (cluster_id, topic_id, partition, record_offset)
       where s.id in (select letter_id from gone)
          or not exists (select from dead_letter_redrives q
                          where q.letter_id = s.id and q.published_at is null
                            and q.refused_at is null))
    """
        .formatted(state);
  }

  @Override
  public int lane() {
    return LANE;
  }

  @Override
  public Future<Boolean> hold() {
    return lease.hold().map(held -> held.isPresent());
  }

  /** Answers when the next may go, or nothing if that is not soon. */
  @Override
  public Future<List<Outgoing>> next(int most) {
    long pause = pace.pause(nanos.getAsLong());
    if (pause > LONGEST_WAIT_NANOS) {
      return Future.succeededFuture(List.of());
    }
    return pause == 0
        ? read(most)
        : vertx.timer(pause, TimeUnit.NANOSECONDS).compose(_ -> read(most));
  }

  private Future<List<Outgoing>> read(int most) {
    return pool.preparedQuery(READ).execute(Tuple.of(most)).map(this::together);
  }

  /** The first ones, as many as may go together and as long as they ask for the same rate. */
  private List<Outgoing> together(RowSet<Row> rows) {
    var records = new ArrayList<Outgoing>(rows.size());
    int perSecond = 0;
    for (Row row : rows) {
      int wanted = row.getInteger("per_second");
      if (records.isEmpty()) {
        perSecond = wanted;
      }
      if (wanted != perSecond || records.size() == pace.together(perSecond)) {
        break;
      }
      records.add(redriven(row).outgoing());
    }
    if (!records.isEmpty()) {
      pace.went(nanos.getAsLong(), records.size(), perSecond);
    }
    return records;
  }

  private static Redriven redriven(Row row) {
    OffsetDateTime recordTime = row.getOffsetDateTime("record_time");
    return new Redriven(
        row.getLong("seq"),
        row.getUUID("redrive_id"),
        row.getInteger("number"),
        row.getString("actor"),
        row.getOffsetDateTime("queued_at").toInstant(),
        row.getString("target_topic"),
        bytes(row.getBuffer("record_key")),
        bytes(row.getBuffer("record_value")),
        RecordHeaders.toKafka(row.getString("headers")),
        row.getBoolean("from_redrive"),
        recordTime == null ? null : recordTime.toInstant());
  }

  private static byte @Nullable [] bytes(@Nullable Buffer buffer) {
    return buffer == null ? null : buffer.getBytes();
  }

  /** Its letters are open again: as it is, it would hold the lane for ever. */
  @Override
  public Future<Boolean> giveUp(Outgoing refused, Fault why) {
    return pool.preparedQuery(GIVE_UP)
        .execute(Tuple.of(refused.position(), owner, why.reason() + ": " + why.sentence()))
        .map(rows -> rows.size() == 1);
  }

  @Override
  public Future<Boolean> passed(List<Outgoing> published) {
    Long[] places = published.stream().map(Outgoing::position).toArray(Long[]::new);
    return pool.preparedQuery(MARK)
        .execute(Tuple.tuple().addArrayOfLong(places).addUUID(owner))
        .map(rows -> rows.size() == 1);
  }

  @Override
  public Future<?> release() {
    return lease.release();
  }
}
