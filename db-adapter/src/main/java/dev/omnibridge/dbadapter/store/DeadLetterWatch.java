// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the dead letters now and then, as numbers of this process, and says so when too many are
 * open. Every db-adapter counts all of them.
 */
public final class DeadLetterWatch {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(2);

  /** The topics with the most; there are no more in the catalogue by far. */
  private static final String COUNT =
      """
      select topic, count(*) as open from dead_letters where state = 'OPEN'
       group by topic order by 2 desc, 1 limit 100
      """;

  private static final String COUNT_NEW =
      """
      select topic, count(*) as letters, max(id) as last from dead_letters where id > $1
       group by topic
      """;

  private static final String LAST = "select coalesce(max(id), 0) as last from dead_letters";

  /** Stands for all topics that the catalogue does not list. */
  private static final String OTHER = "other";

  private final Vertx vertx;
  private final Pool pool;
  private final int alertAbove;
  private final Consumer<@Nullable String> trouble;
  private final Map<String, AtomicLong> letters;
  private volatile Map<String, Long> open = Map.of();
  private long seen = -1;
  private boolean alerted;
  private boolean counting;
  private long timer;

  /** The trouble is told as a sentence, and as null when it is over. */
  public DeadLetterWatch(
      Vertx vertx,
      Pool pool,
      int alertAbove,
      Collection<String> topics,
      Consumer<@Nullable String> trouble) {
    this.vertx = vertx;
    this.pool = pool;
    this.alertAbove = alertAbove;
    this.trouble = trouble;
    this.letters =
        Stream.concat(topics.stream(), Stream.of(OTHER))
            .collect(Collectors.toUnmodifiableMap(Function.identity(), _ -> new AtomicLong()));
  }

  /** Its numbers, by topic. */
  public void tell(Metrics metrics) {
    letters.forEach((topic, count) -> {
      metrics.count(
          "omnibridge_dead_letters",
          "Dead letters that were written since this process started.",
          count,
          "topic",
          topic);
      var unused =
          metrics.gauge(
              "omnibridge_dead_letters_open",
              "Dead letters that nobody has decided on.",
              () -> openOf(topic),
              "topic",
              topic);
    });
  }

  private long openOf(String topic) {
    return topic.equals(OTHER)
        ? open.entrySet().stream()
            .filter(entry -> !letters.containsKey(entry.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum()
        : open.getOrDefault(topic, 0L);
  }

  public void start() {
    timer = vertx.setPeriodic(0, EVERY.toMillis(), _ -> count());
  }

  private void count() {
    if (counting) {
      return;
    }
    counting = true;
    (seen < 0 ? begin() : countNew())
        .compose(_ -> pool.query(COUNT).execute())
        .onSuccess(this::counted)
        .onComplete(counted -> {
          counting = false;
          if (counted.failed()) {
            log.atDebug()
                .addKeyValue(LogKeys.REASON, counted.cause().getMessage())
                .log("dead letters cannot be counted now");
          }
        });
  }

  private Future<?> begin() {
    return pool.query(LAST)
        .execute()
        .onSuccess(rows -> seen = rows.iterator().next().getLong("last"));
  }

  private Future<?> countNew() {
    return pool.preparedQuery(COUNT_NEW)
        .execute(Tuple.of(seen))
        .onSuccess(rows -> {
          for (Row row : rows) {
            String topic = row.getString("topic");
            AtomicLong count = letters.get(letters.containsKey(topic) ? topic : OTHER);
            if (count != null) {
              var unused = count.addAndGet(row.getLong("letters"));
            }
            seen = Math.max(seen, row.getLong("last"));
          }
        });
  }

  private void counted(RowSet<Row> rows) {
    var counts = new LinkedHashMap<String, Long>();
    rows.forEach(row -> counts.put(row.getString("topic"), row.getLong("open")));
    open = Map.copyOf(counts);
    long all = all();
    boolean tooMany = all > alertAbove;
    if (tooMany && !alerted) {
      log.atWarn()
          .addKeyValue(LogKeys.COUNT, all)
          .log("more dead letters are open than should be; somebody should look at them");
    }
    alerted = tooMany;
    trouble.accept(
        tooMany
            ? "%d are open, more than %d; see ./bridge dead-letters list".formatted(all, alertAbove)
            : null);
  }

  private long all() {
    return open.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many are open, by topic, as last counted. From any thread. */
  public Map<String, Long> open() {
    return open;
  }

  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }
}
