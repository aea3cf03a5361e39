// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.KafkaRanges;
import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets months of events go when their class is not kept any longer, and never what an unfinished
 * stream still needs. Each step is one transaction in the database and can be repeated by anybody;
 * which step comes next is a row there, so a stop at any moment loses nothing.
 */
public final class Retirement {
  private static final Logger log = LoggerFactory.getLogger(Retirement.class);
  private static final int AT_ONCE = 2_000;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofDays(1);

  private static final String MONTHS =
      """
      select leaf, to_time from event_months($1) where to_time <= $2
       union
      select leaf, to_time from retirements where class = $1 and step = 'DETACHED'
       order by to_time
      """;

  private static final String STEP = "select step, cluster_id from retirements where leaf = $1";

  private static final String IS_SETTLED = "select is_settled($1, $2)";

  private static final String SET_BARRIER =
      """
      with retired as
        (insert into retirements (leaf, class, from_time, to_time, step, cluster_id, settled)
         select leaf, $1, from_time, to_time, 'BARRIER', $3, $8 from event_months($1)
          where leaf = $2
             on conflict (leaf) do update set cluster_id = $3 where retirements.step = 'BARRIER'
         returning leaf)
      insert into retirement_barriers (leaf, topic_id, topic, partition, end_offset)
      select retired.leaf, ends.*
        from retired, unnest($4::text[], $5::text[], $6::int[], $7::bigint[]) as ends
          on conflict (leaf, topic_id, partition) do update set end_offset = excluded.end_offset
      """;

  /**
   * Who still has something to read below the barrier: not what Kafka does not hold any more, for
   * nobody can read that.
   */
  private static final String BEHIND =
      """
      select c.consumer, b.topic, b.partition, b.end_offset
        from retirement_barriers b
        join unnest($3::text[], $4::int[], $5::bigint[]) as held(topic_id, partition, first_offset)
          on held.topic_id = b.topic_id and held.partition = b.partition
        join (select distinct consumer, topic_id from consumer_positions where cluster_id = $2) as c
          on c.topic_id = b.topic_id
        left join consumer_positions p
          on p.consumer = c.consumer and p.cluster_id = $2 and p.topic_id = b.topic_id
             and p.partition = b.partition
       where b.leaf = $1
         and greatest(coalesce(p.next_offset, 0), held.first_offset) < b.end_offset
       order by 1, 2, 3 limit 1
      """;

  private static final String BEGIN_COPY = "select retire_begin_copy($1)";
  private static final String COPY = "select retire_copy($1, $2)";
  private static final String FENCE = "select retire_fence($1)";
  private static final String CHECK = "select retire_check($1)";
  private static final String SWAP = "select retire_swap($1, $2)";
  private static final String DROP = "select retire_drop($1)";

  private static final String LOOKS =
      """
      select leaf, from_time is null as strays, cluster_id, settled
        from retirements where class = $1 and step = 'KEPT' and looked_at < $2 order by 1
      """;

  private static final String ARE_RELAYED =
      """
      select not exists (
        select from lanes l join outbox_lanes o on o.lane = l.lane
         where exists (select from events e
                        where e.lane = l.lane and e.position > o.relayed_position
                          and e.recorded_at < $1))
      """;

  /** A default partition was never past a barrier, so it gets one for every look. */
  private static final String SET_STRAYS_BARRIER =
      """
      with marked as
        (update retirements set cluster_id = $3, settled = $8
          where leaf = $2 and class = $1 and step = 'KEPT' returning leaf)
      insert into retirement_barriers (leaf, topic_id, topic, partition, end_offset)
      select marked.leaf, ends.*
        from marked, unnest($4::text[], $5::text[], $6::int[], $7::bigint[]) as ends
          on conflict (leaf, topic_id, partition) do update set end_offset = excluded.end_offset
      """;

  private static final String FORGET_BARRIER =
      "update retirements set settled = null where leaf = $1";

  private static final String SWEEP = "select sweep_kept($1, $2, $3)";
  private static final String END_SWEEP = "select end_sweep($1, $2)";

  private final Pool pool;
  private final Map<String, Duration> kept;
  private final Supplier<Future<KafkaRanges>> kafka;
  private final Rounds rounds = new Rounds(System::nanoTime, LIMIT);

  /**
   * Events are kept so long at least, by the class of their stream; a class without an entry, or
   * with zero, is kept for ever.
   */
  public Retirement(Pool pool, Map<String, Duration> kept, Supplier<Future<KafkaRanges>> kafka) {
    this.pool = pool;
    this.kept = Map.copyOf(kept);
    this.kafka = kafka;
  }

  /** A month that is old enough, and the moment before which all of it must have been recorded. */
  record Month(String leaf, String retention, OffsetDateTime before) {}

  /** How far a step brought a month. */
  enum Went {
    /** A step further. */
    ON,
    /** Something is not past it yet, or the time was over: another pass goes on. */
    WAITING,
    /** Out of the log, for good. */
    AWAY
  }

  /** Everything that is due now, by the database's clock. */
  Future<Void> pass() {
    return pool.query("select clock_timestamp() as now")
        .execute()
        .compose(rows -> pass(rows.iterator().next().getOffsetDateTime("now")));
  }

  /** Everything that is due at a moment. */
  public Future<Void> pass(OffsetDateTime now) {
    Future<Void> done = Future.succeededFuture();
    for (var entry : kept.entrySet()) {
      OffsetDateTime before = now.minus(entry.getValue());
      if (entry.getValue().isPositive()) {
        done = Rounds.after(done, () -> retire(entry.getKey(), before));
        done = Rounds.after(done, () -> sweep(entry.getKey(), now, before));
      }
    }
    return done;
  }

  private Future<Void> retire(String retention, OffsetDateTime before) {
    return months(retention, before)
        .compose(months -> {
          Future<Void> done = Future.succeededFuture();
          for (Month month : months) {
            done = Rounds.after(done, () -> retire(month).mapEmpty());
          }
          return done;
        });
  }

  Future<List<Month>> months(String retention, OffsetDateTime before) {
    return pool.preparedQuery(MONTHS)
        .execute(Tuple.of(retention, before))
        .map(rows -> {
          var months = new ArrayList<Month>();
          rows.forEach(row -> months.add(new Month(row.getString("leaf"), retention, before)));
          return months;
        });
  }

  /** As far as it goes now: at most a handful of steps. */
  private Future<Went> retire(Month month) {
    return step(month)
        .compose(went -> went == Went.ON ? retire(month) : Future.succeededFuture(went));
  }

  /** The next step of a month. */
  Future<Went> step(Month month) {
    return pool.preparedQuery(STEP)
        .execute(Tuple.of(month.leaf()))
        .compose(rows -> {
          if (rows.size() == 0) {
            return settle(month);
          }
          Row row = rows.iterator().next();
          return switch (row.getString("step")) {
            case "BARRIER" -> read(month, row.getString("cluster_id"));
            case "COPYING" -> copy(month);
            case "DETACHED" -> drop(month);
            default -> Future.succeededFuture(Went.AWAY);
          };
        });
  }

  private Future<Went> settle(Month month) {
    return ask(IS_SETTLED, Tuple.of(month.leaf(), month.before()))
        .compose(settled -> {
          if (!settled) {
            return waiting(month, "it has events that are young, or that a relay is not past");
          }
          return kafka.get().compose(held -> setBarrier(month, held, SET_BARRIER));
        });
  }

  private Future<Went> setBarrier(Month month, KafkaRanges held, String sql) {
    var barrier =
        Columns.of(held.ranges())
            .same(month.retention())
            .same(month.leaf())
            .same(held.clusterId())
            .text(KafkaRanges.Range::topicId)
            .text(KafkaRanges.Range::topic)
            .integer(KafkaRanges.Range::partition)
            .bigint(KafkaRanges.Range::end)
            .same(month.before());
    return pool.preparedQuery(sql).execute(barrier.tuple()).map(Went.ON);
  }

  private Future<Went> read(Month month, String cluster) {
    return kafka
        .get()
        .compose(held -> {
          if (!held.clusterId().equals(cluster)) {
            return setBarrier(month, held, SET_BARRIER);
          }
          return readUpTo(month, held)
              .compose(read ->
                  read
                      ? run(BEGIN_COPY, Tuple.of(month.leaf())).map(Went.ON)
                      : Future.succeededFuture(Went.WAITING));
        });
  }

  /** Whether nobody has anything to read below the barrier. */
  private Future<Boolean> readUpTo(Month month, KafkaRanges held) {
    return pool.preparedQuery(BEHIND)
        .execute(behind(month, held))
        .compose(rows -> {
          if (rows.size() == 0) {
            return Future.succeededFuture(true);
          }
          Row row = rows.iterator().next();
          return waiting(
                  month,
                  "%s has not read %s-%d up to %d"
                      .formatted(
                          row.getString("consumer"),
                          row.getString("topic"),
                          row.getInteger("partition"),
                          row.getLong("end_offset")))
              .map(false);
        });
  }

  private static Tuple behind(Month month, KafkaRanges held) {
    return Columns.of(held.ranges())
        .same(month.leaf())
        .same(held.clusterId())
        .text(KafkaRanges.Range::topicId)
        .integer(KafkaRanges.Range::partition)
        .bigint(KafkaRanges.Range::begin)
        .tuple();
  }

  private Future<Went> copy(Month month) {
    return rounds
        .repeat(() -> ask(COPY, Tuple.of(month.leaf(), AT_ONCE)))
        .compose(
            all -> all ? swap(month) : waiting(month, "there was no time to copy all that stays"));
  }

  private Future<Went> swap(Month month) {
    Tuple leaf = Tuple.of(month.leaf());
    return run(FENCE, leaf)
        .compose(_ ->
            pool.withTransaction(connection ->
                connection
                    .query(Schema.MONTH_LIMIT)
                    .execute()
                    .compose(_ -> connection.preparedQuery(CHECK).execute(leaf))))
        .compose(_ -> ask(SWAP, Tuple.of(month.leaf(), month.before())))
        .map(Went.ON);
  }

  private Future<Went> drop(Month month) {
    return run(DROP, Tuple.of(month.leaf()))
        .map(_ -> {
          log.atInfo().addKeyValue("partition", month.leaf()).log("a month of events is retired");
          return Went.AWAY;
        });
  }

  private static Future<Went> waiting(Month month, String why) {
    log.atInfo()
        .addKeyValue("partition", month.leaf())
        .addKeyValue(LogKeys.REASON, why)
        .log("a month of events stays for now");
    return Future.succeededFuture(Went.WAITING);
  }

  private Future<Void> sweep(String retention, OffsetDateTime now, OffsetDateTime before) {
    return pool.preparedQuery(LOOKS)
        .execute(Tuple.of(retention, now.minus(BETWEEN_LOOKS)))
        .compose(rows -> {
          Future<Void> done = Future.succeededFuture();
          for (Row row : rows) {
            String leaf = row.getString("leaf");
            var part = new Month(leaf, retention, before);
            boolean strays = row.getBoolean("strays");
            done =
                Rounds.after(
                    done, () -> strays ? strays(part, row, now) : sweepOne(leaf, now, before));
          }
          return done;
        });
  }

  /** What a default partition holds has to be relayed and read too, before it goes. */
  private Future<Void> strays(Month part, Row row, OffsetDateTime now) {
    OffsetDateTime settled = row.getOffsetDateTime("settled");
    if (settled == null) {
      return newStrays(part, now);
    }
    return kafka
        .get()
        .compose(held ->
            held.clusterId().equals(row.getString("cluster_id"))
                ? readStrays(new Month(part.leaf(), part.retention(), settled), held, now)
                : newStrays(part, now));
  }

  /** What was relayed is in Kafka: only then it is asked what it holds. */
  private Future<Void> newStrays(Month part, OffsetDateTime now) {
    return ask(ARE_RELAYED, Tuple.of(part.before()))
        .compose(relayed ->
            relayed
                ? kafka
                    .get()
                    .compose(held ->
                        setBarrier(part, held, SET_STRAYS_BARRIER)
                            .compose(_ -> readStrays(part, held, now)))
                : waiting(part, "a relay is not past its old events").mapEmpty());
  }

  private Future<Void> readStrays(Month part, KafkaRanges held, OffsetDateTime now) {
    return readUpTo(part, held)
        .compose(read ->
            read
                ? sweepOne(part.leaf(), now, part.before())
                    .compose(_ -> run(FORGET_BARRIER, Tuple.of(part.leaf())))
                : Future.succeededFuture());
  }

  private Future<Void> sweepOne(String leaf, OffsetDateTime now, OffsetDateTime before) {
    return rounds
        .repeat(() -> ask(SWEEP, Tuple.of(leaf, AT_ONCE, before)))
        .compose(all -> all ? run(END_SWEEP, Tuple.of(leaf, now)) : Future.<Void>succeededFuture());
  }

  /** From any thread; a step under way ends as it would. */
  void stop() {
    rounds.stop();
  }

  private Future<Boolean> ask(String sql, Tuple arguments) {
    return pool.preparedQuery(sql)
        .execute(arguments)
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  private Future<Void> run(String sql, Tuple arguments) {
    return pool.preparedQuery(sql).execute(arguments).mapEmpty();
  }
}
