// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.store.LaneState;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second how much waits for Kafka and for how long, and tells it as metrics and as a
 * trouble, which degrades the health and never more. What cannot be read is not a number.
 */
public final class OutboxWatch {
  private static final Logger log = LoggerFactory.getLogger(OutboxWatch.class);
  private static final long EVERY_MILLIS = 1_000;
  private static final Duration LONG = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Outbox outbox;
  private final Supplier<Future<List<LaneState>>> lanes;
  private final Metrics metrics;
  private final BiConsumer<String, @Nullable String> trouble;
  private final Set<Integer> measured = new HashSet<>();
  private volatile List<LaneState> last = List.of();
  private boolean busy;
  private long timer = -1;

  /** The trouble takes a part and what is wrong with it, or null. */
  public OutboxWatch(
      Vertx vertx,
      Outbox outbox,
      Supplier<Future<List<LaneState>>> lanes,
      Metrics metrics,
      BiConsumer<String, @Nullable String> trouble) {
    this.vertx = vertx;
    this.outbox = outbox;
    this.lanes = lanes;
    this.metrics = metrics;
    this.trouble = trouble;
  }

  /** On the caller's context. */
  public void start() {
    look();
    timer = vertx.setPeriodic(EVERY_MILLIS, _ -> look());
  }

  public void stop() {
    boolean unused = vertx.cancelTimer(timer);
  }

  private void look() {
    trouble.accept(
        "kafka", outbox.kafkaAnswers() ? null : "takes no records; they wait in the log");
    if (busy) {
      return;
    }
    busy = true;
    lanes
        .get()
        .onComplete(
            found -> {
              busy = false;
              seen(found);
            },
            failure -> {
              busy = false;
              last = List.of();
              log.atDebug()
                  .addKeyValue(LogKeys.REASON, failure.getMessage())
                  .log("the lanes of the outbox cannot be read");
            });
  }

  private void seen(List<LaneState> found) {
    last = found;
    found.stream().map(LaneState::lane).filter(measured::add).forEach(this::measure);
    long waiting = found.stream().mapToLong(LaneState::backlog).sum();
    Duration oldest =
        found.stream().map(LaneState::lag).max(Duration::compareTo).orElse(Duration.ZERO);
    trouble.accept(
        "outbox",
        oldest.compareTo(LONG) < 0
            ? null
            : "%d records wait for Kafka, the oldest for %d s"
                .formatted(waiting, oldest.toSeconds()));
  }

  private void measure(int lane) {
    String label = Integer.toString(lane);
    metrics.gauge(
        "omnibridge_outbox_backlog",
        "Records of a lane that wait for Kafka; lane -1 is the dead letters.",
        () -> of(lane, LaneState::backlog),
        "lane",
        label);
    metrics.gauge(
        "omnibridge_outbox_lag_seconds",
        "How long the oldest record that waits for Kafka has waited.",
        () -> of(lane, state -> state.lag().toNanos() / 1e9),
        "lane",
        label);
  }

  private Number of(int lane, Function<LaneState, Number> figure) {
    return last.stream()
        .filter(state -> state.lane() == lane)
        .findFirst()
        .map(figure)
        .orElse(Double.NaN);
  }
}
