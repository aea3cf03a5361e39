// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, hands over and goes on, a few batches at a time at most, for ever. Nothing more is fetched
 * while they are with the handler than what Kafka's client holds ready. Every record is handed over
 * at least once; because the handler moves the position by compare-and-set with its effect, every
 * effect is stored exactly once, also when two pumps believe that they own a partition. A failure
 * never skips a record: the batch comes again, from the stored position, after a pause. Kafka or
 * the handler being away is waited out; anything unexpected restarts the consumer.
 */
public final class Pump extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(Pump.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LOST_AFTER = Duration.ofSeconds(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final PumpConfig config;
  private final Positions positions;
  private final BatchHandler handler;
  private final Duration stopLimit;
  private final Promise<Void> drained = Promise.promise();
  private final Map<ConsumerPartition, Long> truncated = new HashMap<>();
  private final Outage kafka;
  private final Outage handling;
  private volatile @Nullable PumpSession session;
  private volatile boolean running = true;
  private Promise<Void> nap = Promise.promise();
  private boolean positionsAway;

  public Pump(PumpConfig config, Positions positions, BatchHandler handler) {
    this(config, positions, handler, STOP_LIMIT);
  }

  Pump(PumpConfig config, Positions positions, BatchHandler handler, Duration stopLimit) {
    this.config = config;
    this.positions = positions;
    this.handler = handler;
    this.stopLimit = stopLimit;
    this.kafka = new Outage(log, "the Kafka consumer", config.consumer(), false);
    this.handling = new Outage(log, "the handling of batches", config.consumer(), true);
  }

  /** Starts the pump on a virtual thread; it is stopped with the deployment that it belongs to. */
  public Future<String> deploy(Vertx owner) {
    return owner.deployVerticle(
        this, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD));
  }

  @Override
  public Future<?> start() {
    context.runOnContext(_ -> run());
    return Future.succeededFuture();
  }

  /** Never fails: Vert.x would then not stop what the pump was deployed by. */
  @Override
  public Future<?> stop() {
    running = false;
    nap.tryComplete();
    PumpSession open = session;
    if (open != null) {
      open.wake();
    }
    return Timeouts.within(stopLimit, drained.future()).recover(_ -> stoppedLate());
  }

  /** Whatever becomes of the batch, its position is moved with its effect or not at all. */
  private Future<Void> stoppedLate() {
    log.atWarn()
        .addKeyValue(LogKeys.SERVICE, config.consumer())
        .log("the pump still handles a batch and is not waited for any longer");
    return Future.succeededFuture();
  }

  /** True while Kafka answers and has the topics. */
  public boolean connected() {
    return kafka.well();
  }

  /** True while batches, if any, are handled without trouble. */
  public boolean healthy() {
    return handling.well();
  }

  /** Records known to be on Kafka and not polled yet; 0 while that is unknown. */
  public long lag() {
    PumpSession open = session;
    return open == null ? 0 : open.lag();
  }

  private void run() {
    var backoff = backoff();
    while (running) {
      try (PumpSession opened = PumpSession.open(vertx, config, positions, new Places(truncated))) {
        session = opened;
        consume(opened, backoff);
      } catch (Throwable failure) {
        if (running) {
          kafka.began(failure);
          pause(backoff.next());
        }
      } finally {
        session = null;
      }
    }
    drained.complete();
  }

  /** Opening says little yet: Kafka is well again when it has answered a poll. */
  private void consume(PumpSession open, Backoff opening) {
    var backoff = backoff();
    var flights = new Flights(config.inFlight(), config.handleLimit());
    handler.startOver();
    try {
      long reached = System.nanoTime();
      while (running) {
        Batch batch = next(open, backoff);
        flights.handOver(batch, handler);
        settle(open, flights, backoff);
        opening.reset();
        reached = open.reachable() ? System.nanoTime() : reached;
        watch(System.nanoTime() - reached);
      }
    } finally {
      flights.abandon();
    }
  }

  /** Positions that cannot be loaded are waited for here; Kafka's own failures end the session. */
  private Batch next(PumpSession open, Backoff backoff) {
    try {
      Batch batch = open.next();
      if (positionsAway) {
        positionsAway = false;
        handling.ended();
      }
      return batch;
    } catch (Fault storeAway) {
      positionsAway = true;
      trouble(open, storeAway, backoff);
      return new Batch(List.of());
    }
  }

  /**
   * After a failure everything comes again from what is stored: later batches build on the one that
   * failed, and so do positions of earlier ones that the handler had put off.
   */
  private void settle(PumpSession open, Flights flights, Backoff backoff) {
    while (flights.due()) {
      try {
        flights.settle();
        backoff.reset();
        handling.ended();
      } catch (Exception failure) {
        flights.abandon();
        open.startOver();
        handler.startOver();
        if (running) {
          trouble(open, failure, backoff);
        }
      }
    }
  }

  /** Somebody else's move is no trouble: the positions are read again and the loop goes on. */
  private void trouble(PumpSession open, Exception failure, Backoff backoff) {
    if (failure instanceof Fault fault && fault.is("POSITION_MOVED")) {
      log.atInfo()
          .addKeyValue(LogKeys.SERVICE, config.consumer())
          .log("position was moved by another consumer");
    } else {
      handling.began(failure);
    }
    open.keepMembership();
    pause(backoff.next());
  }

  /** A consumer waits for a lost broker in silence; only its connections tell. */
  private void watch(long nanosWithoutConnection) {
    if (nanosWithoutConnection < LOST_AFTER.toNanos()) {
      kafka.ended();
    } else {
      kafka.began(Fault.unavailable("KAFKA_AWAY", "There is no connection to Kafka.", null));
    }
  }

  private void pause(Duration time) {
    if (!running) {
      return;
    }
    Promise<Void> over = Promise.promise();
    nap = over;
    long timer = vertx.setTimer(time.toMillis(), _ -> over.tryComplete());
    over.future().await();
    vertx.cancelTimer(timer);
  }

  private static Backoff backoff() {
    return new Backoff(FIRST_PAUSE, LONGEST_PAUSE, ThreadLocalRandom.current());
  }
}
