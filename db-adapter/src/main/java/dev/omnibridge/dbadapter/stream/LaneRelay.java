// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one lane in order, while it holds the lane's lease: reads what follows, sends it, moves
 * the mark behind what Kafka has. Stops at the first record that fails and resumes there; and stops
 * when so much time has passed since it took the lease that another one may soon take it, for a
 * process that was paused must not publish what has long been published. A loop, so it runs on a
 * virtual thread and may await; woken after commits, and looking on its own otherwise.
 */
final class LaneRelay extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(LaneRelay.class);
  private static final int BATCH = 500;
  private static final long LOOK_MILLIS = 250;
  private static final long LEASE_ELSEWHERE_MILLIS = 500;
  private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Records are handed over this long after the lease was asked for, and not later. */
  private static final long YOUNG_NANOS =
      TimeUnit.SECONDS.toNanos(OutboxLane.LEASE_SECONDS) - TimeUnit.SECONDS.toNanos(1);

  private static final int LIMIT_SECONDS = 6;

  private final OutboxLane lane;
  private final OrderedSender sender;
  private final Broker broker;
  private final LongSupplier nanos;
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final AtomicReference<@Nullable Promise<Void>> wakeable = new AtomicReference<>();
  private final AtomicReference<@Nullable Promise<Void>> stoppable = new AtomicReference<>();
  private final Promise<Void> ended = Promise.promise();
  private volatile boolean running = true;
  private boolean held;
  private long heldAt;
  private boolean slow;
  private boolean troubled;

  /** The nanoseconds are of a clock that measures durations, also those of a pause. */
  LaneRelay(OutboxLane lane, OrderedSender sender, Broker broker, LongSupplier nanos) {
    this.lane = lane;
    this.sender = sender;
    this.broker = broker;
    this.nanos = nanos;
  }

  @Override
  public Future<?> start() {
    context.runOnContext(_ -> loop());
    return Future.succeededFuture();
  }

  /** There is something to relay. From any thread. */
  void wake() {
    signalled.set(true);
    rouse(wakeable);
  }

  private static void rouse(AtomicReference<@Nullable Promise<Void>> bed) {
    Promise<Void> sleeper = bed.getAndSet(null);
    if (sleeper != null) {
      sleeper.tryComplete();
    }
  }

  private void loop() {
    try {
      turns();
    } catch (Throwable failure) {
      log.atError().setCause(failure).addKeyValue(LogKeys.LANE, lane.lane()).log("relay ended");
      throw failure;
    } finally {
      end();
    }
  }

  private void turns() {
    while (running) {
      try {
        relay();
        recovered();
      } catch (Throwable failure) {
        held = false;
        troubled(failure);
        pause(LEASE_ELSEWHERE_MILLIS);
      }
    }
  }

  /** Told once; it is repeated for as long as the database is away. An error is told each time. */
  private void troubled(Throwable failure) {
    if (failure instanceof Error) {
      log.atError().setCause(failure).addKeyValue(LogKeys.LANE, lane.lane()).log("relay failed");
      return;
    }
    (troubled ? log.atDebug() : log.atWarn())
        .addKeyValue(LogKeys.LANE, lane.lane())
        .addKeyValue(LogKeys.REASON, failure.toString())
        .log("relay cannot work, and keeps trying");
    troubled = true;
  }

  private void recovered() {
    if (troubled) {
      troubled = false;
      log.atInfo().addKeyValue(LogKeys.LANE, lane.lane()).log("relay works again");
    }
  }

  private void relay() {
    if (!hold()) {
      pause(LEASE_ELSEWHERE_MILLIS);
      return;
    }
    // While Kafka is away one record is enough to find out whether it is back.
    List<Outgoing> records = bounded(lane.next(slow || !broker.answers() ? 1 : BATCH));
    if (records.isEmpty()) {
      slow = false;
      sleep(LOOK_MILLIS);
      return;
    }
    slow = !young();
    if (!slow) {
      publish(records);
    }
  }

  private void publish(List<Outgoing> records) {
    int acknowledged = send(records);
    if (acknowledged > 0) {
      long asked = nanos.getAsLong();
      held = bounded(lane.passed(records.subList(0, acknowledged)));
      heldAt = asked;
    }
    if (acknowledged < records.size()) {
      pause(LOOK_MILLIS);
    }
  }

  /** The lease is renewed well before its end; publishing renews it, too. */
  private boolean hold() {
    long asked = nanos.getAsLong();
    if (!held || asked - heldAt > RENEW_NANOS) {
      held = bounded(lane.hold());
      heldAt = asked;
    }
    return held;
  }

  /** The lease counts from the question, which is older than what the database answered. */
  private boolean young() {
    return nanos.getAsLong() - heldAt < YOUNG_NANOS;
  }

  private int send(List<Outgoing> records) {
    var acknowledged = new int[1];
    var outcome =
        broker.call(() -> {
          OrderedSender.Sent sent = sender.send(records, this::young);
          acknowledged[0] = sent.acknowledged();
          @Nullable Fault failure = sent.failure();
          return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
        });
    if (outcome.failed()) {
      log.atDebug()
          .addKeyValue(LogKeys.LANE, lane.lane())
          .addKeyValue(LogKeys.POSITION, records.getFirst().position() + acknowledged[0])
          .addKeyValue(LogKeys.REASON, outcome.cause().getMessage())
          .log("relay waits at this position");
    }
    return acknowledged[0];
  }

  /**
   * Waits with a limit. The limit belongs to the future: a wait that itself times out leaves
   * Vert.x's queue of a virtual thread in a state in which no later wait works.
   */
  private static <T> T bounded(Future<T> future) {
    return future.timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
  }

  /** Until there is something to relay, at most so long. */
  private void sleep(long millis) {
    if (!signalled.getAndSet(false)) {
      sleep(wakeable, millis);
    }
  }

  /** So long, whatever there is to relay: it could not be relayed now. */
  private void pause(long millis) {
    sleep(stoppable, millis);
  }

  private void sleep(AtomicReference<@Nullable Promise<Void>> bed, long millis) {
    Promise<Void> sleeper = Promise.promise();
    bed.set(sleeper);
    if (running && (bed == stoppable || !signalled.get())) {
      long timer = vertx.setTimer(millis, _ -> sleeper.tryComplete());
      sleeper.future().await();
      vertx.cancelTimer(timer);
    }
    bed.set(null);
  }

  private void end() {
    sender.close();
    if (held) {
      lane.release().<Void>mapEmpty().otherwiseEmpty().onComplete(ended);
    } else {
      ended.complete();
    }
  }

  @Override
  public Future<?> stop() {
    running = false;
    wake();
    rouse(stoppable);
    return ended.future();
  }
}
