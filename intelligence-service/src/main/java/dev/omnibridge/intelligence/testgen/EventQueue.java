// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends events one after the other, so that they stand in the log in the order in which they
 * came. It is bounded, and each append has a budget of attempts; what is over either is counted and
 * told in the log, and nobody fails for it. Used on one context only.
 */
final class EventQueue {
  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);
  private static final int BOUND = 1000;
  private static final int ATTEMPTS = 8;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final Duration APPEND_LIMIT = Duration.ofSeconds(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  private final Context context;
  private final Channel dbAdapter;
  private final RandomGenerator random;
  private final Queue<AppendRequest> waiting = new ArrayDeque<>();
  private final AtomicLong lost = new AtomicLong();
  private final Promise<Void> emptied = Promise.promise();
  private boolean writing;
  private boolean stopping;

  EventQueue(Context context, Channel dbAdapter, RandomGenerator random) {
    this.context = context;
    this.dbAdapter = dbAdapter;
    this.random = random;
  }

  /** Takes an append, and returns at once. */
  void add(AppendRequest request) {
    if (waiting.size() >= BOUND) {
      lose("EVENTS_QUEUE_FULL");
      return;
    }
    waiting.add(request);
    next();
  }

  /** An event that never will be in the log. */
  void lose(String reason) {
    lost.incrementAndGet();
    log.atWarn().addKeyValue(LogKeys.REASON, reason).log("event of a test generation is let go");
  }

  /** Events that were let go since the start. */
  AtomicLong lost() {
    return lost;
  }

  /** Writes what waits, for a moment, and then gives up. */
  Future<Void> stop() {
    stopping = true;
    return writing
        ? Timeouts.within(STOP_LIMIT, emptied.future()).otherwiseEmpty()
        : Future.succeededFuture();
  }

  private void next() {
    if (writing) {
      return;
    }
    AppendRequest request = waiting.poll();
    if (request != null) {
      writing = true;
      attempt(request, 1);
    } else if (stopping) {
      emptied.tryComplete();
    }
  }

  /** A repeat has the append id of the first attempt, so it changes nothing. */
  private void attempt(AppendRequest request, int number) {
    Calls.unary(dbAdapter, LogServiceGrpc.getAppendMethod(), request, APPEND_LIMIT)
        .onComplete((_, failure) -> context.runOnContext(_ -> attempted(request, number, failure)));
  }

  private void attempted(AppendRequest request, int number, @Nullable Throwable failure) {
    Fault fault = failure == null ? null : Statuses.faultOf(failure);
    if (fault != null && fault.kind().worthRetrying() && number < ATTEMPTS && !stopping) {
      long pause = (FIRST_PAUSE_MILLIS << number) + random.nextInt((int) FIRST_PAUSE_MILLIS);
      long unused = context.owner().setTimer(pause, _ -> attempt(request, number + 1));
      return;
    }
    if (fault != null) {
      lose(fault.reason());
    }
    writing = false;
    next();
  }
}
