// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import dev.omnibridge.embedded.EmbeddedKafka;
import dev.omnibridge.embedded.EmbeddedServerException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker of a suite, started beside everything else: submissions are accepted before it is
 * there, and also when it never comes.
 */
final class KafkaSide {
  private static final Logger log = LoggerFactory.getLogger(KafkaSide.class);
  private static final int ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(60);

  private final CompletableFuture<EmbeddedKafka> started = new CompletableFuture<>();
  private final EmbeddedKafka.Options options;
  private boolean begun;
  private volatile boolean closing;

  /** Starts nothing yet. */
  KafkaSide(EmbeddedKafka.Options options) {
    this.options = options;
  }

  /** Begins to start the broker, and returns at once; does nothing the second time. */
  synchronized void begin() {
    if (begun || closing) {
      return;
    }
    begun = true;
    Thread.ofPlatform().name("kafka-begin").daemon().start(this::start);
  }

  private void start() {
    for (int attempt = 1; ; attempt++) {
      try {
        boolean unused = started.complete(EmbeddedKafka.start(options));
        return;
      } catch (EmbeddedServerException failure) {
        boolean last =
            attempt == ATTEMPTS
                || closing
                || failure.reason() == EmbeddedServerException.Reason.DIRECTORY_IN_USE;
        log.atError().setCause(failure).addKeyValue("attempt", attempt).log("Kafka did not start");
        if (last) {
          boolean unused = started.completeExceptionally(failure);
          return;
        }
        pause();
      } catch (Throwable failure) {
        log.atError().setCause(failure).log("Kafka did not start");
        boolean unused = started.completeExceptionally(failure);
        return;
      }
    }
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  /** Tells when the broker serves, or that it never will. */
  CompletableFuture<EmbeddedKafka> started() {
    return started.copy();
  }

  /** The running broker. */
  EmbeddedKafka await(Duration limit) {
    try {
      return started.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new IllegalStateException("Kafka is not there after " + limit, late);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("Kafka did not start", failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Kafka started", interrupted);
    }
  }

  private synchronized boolean isToBeStopped() {
    closing = true;
    return begun;
  }

  /** Stops the broker; one that is just starting is waited for and stopped then. */
  void close() throws InterruptedException, TimeoutException {
    if (!isToBeStopped()) {
      return;
    }
    try {
      started.get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS).close();
    } catch (ExecutionException neverStarted) {
      log.atDebug().setCause(neverStarted).log("Kafka had not started");
    }
  }
}
