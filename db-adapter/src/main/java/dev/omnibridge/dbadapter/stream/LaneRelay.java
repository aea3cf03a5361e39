// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static java.util.Objects.requireNonNull;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.store.OutboxLane;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
 * virtual thread and may await; woken shortly after commits, and looking on its own otherwise.
 */
final class LaneRelay extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(LaneRelay.class);
  private static final int BATCH = 2_000;
  private static final long LOOK_MILLIS = 250;
  private static final long LEASE_ELSEWHERE_MILLIS = 250;
  private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Records are handed over this long after the lease was asked for, and not later. */
  private static final long YOUNG_NANOS =
      TimeUnit.SECONDS.toNanos(OutboxLane.LEASE_SECONDS) - TimeUnit.MILLISECONDS.toNanos(750);

  /** A batch of so many is not the last one. */
  private static final int READ_AHEAD = 200;

  private static final Duration LIMIT = Duration.ofSeconds(6);

  private final OutboxLane lane;
  private final OrderedSender sender;
  private final Broker broker;
  private final Allowance replay;
  private final LongSupplier nanos;
  private final long gatherMillis;
  private final AtomicLong relayed = new AtomicLong();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final AtomicReference<@Nullable Promise<Void>> wakeable = new AtomicReference<>();
  private final AtomicReference<@Nullable Promise<Void>> stoppable = new AtomicReference<>();
  private final Promise<Void> ended = Promise.promise();
  private volatile boolean running = true;
  private boolean held;
  private long heldAt;

  /** How many are read at once: half as many after a read that took too long or failed. */
  private int batch = BATCH;

  /** So many records go one at a time, to get to one that is refused. */
  private int singly;

  private long refusedPosition = -1;
  private boolean troubled;

  /** From a start, a failure or a takeover until nothing waits any more. */
  private boolean behind = true;

  private @Nullable Future<List<Outgoing>> ahead;

  /** Whether what was read last was asked for because of a commit here. */
  private boolean told;

  /**
   * What has waited goes at the pace of a replay; what is new waits for so long for more. The
   * nanoseconds are of a clock that measures durations, also those of a pause.
   */
  LaneRelay(
      OutboxLane lane,
      OrderedSender sender,
      Broker broker,
      Allowance replay,
      Duration gather,
      LongSupplier nanos) {
    this.lane = lane;
    this.sender = sender;
    this.broker = broker;
    this.replay = replay;
    this.gatherMillis = gather.toMillis();
    this.nanos = nanos;
  }

  /** How many records Kafka has taken from it. */
  AtomicLong relayed() {
    return relayed;
  }

  @Override
  public Future<?> start() {
    context.runOnContext(_ -> loop());
    return Future.succeededFuture();
  }

  /** There is something to relay. From any thread. */
  void wake() {
    signalled.set(true);
    if (gatherMillis == 0) {
      rouse(wakeable);
      return;
    }
    // Its thread is woken once, and not twice.
    Promise<Void> sleeper = wakeable.getAndSet(null);
    if (sleeper != null) {
      long unused = vertx.setTimer(gatherMillis, _ -> sleeper.tryComplete());
    }
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
        lag();
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
      lag();
      pause(LEASE_ELSEWHERE_MILLIS);
      return;
    }
    int most = most();
    if (most == 0) {
      pause(replay.pauseMillis());
      return;
    }
    int usual = batch;
    batch = Math.max(1, Math.min(usual, most) / 2);
    List<Outgoing> records = read(most);
    boolean good = young();
    if (good) {
      batch = most < usual ? usual : Math.min(BATCH, 2 * usual);
    }
    boolean done = records.isEmpty() || good && publish(records);
    if (done && isAll(records, most)) {
      behind = false;
      rest();
    }
  }

  /** Until something was committed and what follows it closely is there, too; or until it looks. */
  private void rest() {
    if (!signalled.get()) {
      sleep(LOOK_MILLIS, true);
    } else if (gatherMillis > 0) {
      pause(gatherMillis);
    }
  }

  /**
   * What was found without a signal, somebody else committed, and more may follow: then only an
   * empty answer says that it is all. What somebody else commits after an answer that a signal
   * caused waits for the next one, or until the relay looks.
   */
  private boolean isAll(List<Outgoing> records, int most) {
    return records.isEmpty() || told && ahead == null && lane.isAll(records, most);
  }

  /** While Kafka is away one record is enough to find out whether it is back. */
  private int most() {
    if (singly > 0 || !broker.answers()) {
      return 1;
    }
    return behind ? replay.take(batch) : batch;
  }

  private List<Outgoing> read(int most) {
    Future<List<Outgoing>> begun = ahead;
    ahead = null;
    List<Outgoing> ready = begun == null || most < READ_AHEAD ? List.of() : bounded(begun);
    if (ready.isEmpty() || ready.size() > most) {
      // A commit after this speaks of more.
      told = signalled.getAndSet(false);
      return bounded(lane.next(most));
    }
    told = false;
    return ready;
  }

  /** True when Kafka has all of them, and the mark stands behind them. */
  private boolean publish(List<Outgoing> records) {
    if (records.size() >= READ_AHEAD) {
      ahead = lane.after(records.getLast(), batch);
    }
    OrderedSender.Sent sent = send(records);
    int acknowledged = sent.acknowledged();
    singly = Math.max(0, singly - acknowledged);
    if (acknowledged > 0) {
      long asked = nanos.getAsLong();
      held = bounded(lane.passed(records.subList(0, acknowledged)));
      heldAt = asked;
      long unused = relayed.addAndGet(acknowledged);
    }
    if (acknowledged == records.size() && held) {
      return true;
    }
    lag();
    if (sent.refused() < 0 || !refused(records, sent)) {
      pause(LOOK_MILLIS);
    }
    return false;
  }

  /** True when it can go on at once: what stands for the record has gone, or it is not its turn. */
  private boolean refused(List<Outgoing> records, OrderedSender.Sent sent) {
    int before = sent.refused() - sent.acknowledged();
    if (before > 0) {
      singly = before;
      return true;
    }
    Outgoing record = records.get(sent.refused());
    Fault why = requireNonNull(sent.failure());
    Optional<Outgoing> instead =
        why.is(OrderedSender.TOO_LARGE) ? lane.insteadOf(record) : Optional.empty();
    boolean mine = held && young();
    boolean over = mine && instead.isEmpty() && bounded(lane.giveUp(record, why));
    if (record.position() != refusedPosition) {
      refusedPosition = record.position();
      log.atWarn()
          .addKeyValue(LogKeys.LANE, lane.lane())
          .addKeyValue(LogKeys.POSITION, record.position())
          .addKeyValue(LogKeys.TOPIC, record.topic())
          .addKeyValue(LogKeys.REASON, why.reason() + " " + why.facts())
          .log(
              instead.isPresent()
                  ? "record is refused by its topic, and goes without its largest part"
                  : over
                      ? "record is refused by its topic, and its dead letter is open again"
                      : "record is refused by its topic, and the lane waits for it");
    }
    if (mine && instead.isPresent()) {
      var unused = publish(List.of(instead.get()));
    }
    return over || mine && instead.isPresent();
  }

  /** What was read ahead does not follow on what was published. */
  private void lag() {
    ahead = null;
    behind = true;
  }

  /** The lease is renewed well before its end; publishing renews it, too. */
  private boolean hold() {
    long asked = nanos.getAsLong();
    if (!young()) {
      // Somebody else may have had the lane since.
      ahead = null;
    }
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

  private OrderedSender.Sent send(List<Outgoing> records) {
    var sent = new OrderedSender.Sent[1];
    var outcome =
        broker.call(() -> {
          sent[0] = sender.send(records, this::young);
          @Nullable Fault failure = sent[0].failure();
          return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
        });
    OrderedSender.Sent done = sent[0] == null ? new OrderedSender.Sent(0, null) : sent[0];
    if (outcome.failed()) {
      log.atDebug()
          .addKeyValue(LogKeys.LANE, lane.lane())
          .addKeyValue(LogKeys.POSITION, records.getFirst().position() + done.acknowledged())
          .addKeyValue(LogKeys.TOPIC, records.get(done.acknowledged()).topic())
          .addKeyValue(LogKeys.REASON, outcome.cause().getMessage())
          .log("relay waits at this position");
    }
    return done;
  }

  /**
   * Waits with a limit. The limit belongs to the future: a wait that itself times out leaves
   * Vert.x's queue of a virtual thread in a state in which no later wait works.
   */
  private static <T> T bounded(Future<T> future) {
    return Timeouts.within(LIMIT, future).await();
  }

  /** So long, whatever there is to relay. */
  private void pause(long millis) {
    sleep(millis, false);
  }

  /** At most so long. What there is to relay ends it, or does not let it begin, if it may. */
  private void sleep(long millis, boolean lightly) {
    Promise<Void> sleeper = Promise.promise();
    stoppable.set(sleeper);
    wakeable.set(lightly ? sleeper : null);
    if (running && !(lightly && signalled.get())) {
      long timer = vertx.setTimer(millis, _ -> sleeper.tryComplete());
      sleeper.future().await();
      vertx.cancelTimer(timer);
    }
    wakeable.set(null);
    stoppable.set(null);
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
    rouse(stoppable);
    return ended.future();
  }
}
