// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.rpc.Edge;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Signs the logs that have grown, from time to time, so that there is a checkpoint to audit against
 * though nobody has asked for one. A log that is not what was signed is never signed; it is told.
 */
public final class RegularSigning implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RegularSigning.class);
  private static final String PART = "stamp log";

  private final Vertx vertx;
  private final Edge edge;
  private final StampLog stamps;
  private final AtomicBoolean running = new AtomicBoolean();
  private final long timer;

  private RegularSigning(Vertx vertx, Edge edge, StampLog stamps, Duration every) {
    this.vertx = vertx;
    this.edge = edge;
    this.stamps = stamps;
    this.timer = vertx.setPeriodic(every.toMillis(), _ -> begin());
  }

  /** Begins, with a pause first. */
  public static RegularSigning start(Vertx vertx, Edge edge, StampLog stamps, Duration every) {
    return new RegularSigning(vertx, edge, stamps, every);
  }

  private void begin() {
    if (running.compareAndSet(false, true)) {
      Thread unused = Thread.ofVirtual().name("stamp-log-signing").start(this::sign);
    }
  }

  private void sign() {
    try {
      var done = stamps.signGrown();
      done.refused().forEach(RegularSigning::tell);
      String damaged =
          done.refused().stream()
              .map(one -> Statuses.faultOf(one.why()))
              .filter(fault -> fault.is("STAMP_LOG_DAMAGED"))
              .map(Fault::sentence)
              .findFirst()
              .orElse(null);
      edge.trouble(PART, damaged);
      log.atDebug().addKeyValue(LogKeys.COUNT, done.signed().size()).log("logs of stamps signed");
    } catch (RuntimeException failure) {
      // The next round finds the same logs.
      Fault fault = Statuses.faultOf(failure);
      log.atLevel(isPassing(fault) ? Level.DEBUG : Level.WARN)
          .addKeyValue(LogKeys.REASON, fault.reason() + ": " + fault.sentence())
          .log("logs of stamps not signed");
    } finally {
      running.set(false);
    }
  }

  private static void tell(StampLog.Unsigned refused) {
    Fault fault = Statuses.faultOf(refused.why());
    boolean bug = fault.kind() == Fault.Kind.BROKEN && !fault.is("STAMP_LOG_DAMAGED");
    log.atLevel(fault.kind() == Fault.Kind.BROKEN ? Level.ERROR : Level.WARN)
        .addKeyValue(LogKeys.NAMESPACE, refused.namespace())
        .addKeyValue(LogKeys.REASON, fault.reason() + ": " + fault.sentence())
        .setCause(bug ? refused.why() : null)
        .log("a log of stamps is not signed");
  }

  /** db-adapter is away or busy. */
  private static boolean isPassing(Fault fault) {
    return switch (fault.kind()) {
      case UNAVAILABLE, TIMEOUT, EXHAUSTED, CANCELLED -> true;
      default -> false;
    };
  }

  @Override
  public void close() {
    boolean unused = vertx.cancelTimer(timer);
  }
}
