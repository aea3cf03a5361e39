// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.LogKeys;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again, with a pause, what fails because the database is not there, until it is. */
final class Patience {
  static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * How the JDBC driver says that the server wants a password and none is set, or that it wants a
   * way to log in that the driver does not have. No server says it while it starts.
   */
  private static final String NO_PASSWORD = "08004";

  private static final Logger log = LoggerFactory.getLogger(Patience.class);

  private final Vertx vertx;
  private final Duration pause;
  private final LongSupplier nanoTime;

  Patience(Vertx vertx, Duration pause, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.pause = pause;
    this.nanoTime = nanoTime;
  }

  /**
   * Gives what an attempt gives in the end, or the failure of the last one: when the limit is over
   * (zero: never), or when the database is there and refuses.
   */
  <T> Future<T> wait(Supplier<Future<T>> attempt, Duration limit, Object database) {
    var wait = new Wait<>(attempt, limit, database, nanoTime.getAsLong());
    wait.run();
    return wait.answer.future();
  }

  /** One promise for all attempts, so that their number costs nothing. */
  private final class Wait<T> {
    private final Promise<T> answer = Promise.promise();
    private final Supplier<Future<T>> attempt;
    private final Duration limit;
    private final Object database;
    private final long began;
    private boolean told;

    Wait(Supplier<Future<T>> attempt, Duration limit, Object database, long began) {
      this.attempt = attempt;
      this.limit = limit;
      this.database = database;
      this.began = began;
    }

    void run() {
      Future.succeededFuture()
          .compose(_ -> attempt.get())
          .onComplete(answer::complete, this::failed);
    }

    private void failed(Throwable failure) {
      boolean over = !limit.isZero() && nanoTime.getAsLong() - began >= limit.toNanos();
      if (over || !isNotThere(failure)) {
        answer.fail(failure);
        return;
      }
      if (!told) {
        told = true;
        log.atWarn()
            .addKeyValue(LogKeys.ADDRESS, database)
            .addKeyValue(LogKeys.REASON, root(failure).toString())
            .log("the database is not there yet; waiting for it");
      }
      long unused = vertx.setTimer(pause.toMillis(), _ -> run());
    }
  }

  /** Says it in one line, which those around it do not. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
      root = cause;
    }
    return root;
  }

  /** By the first cause that tells. */
  static boolean isNotThere(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException refused && refused.getSQLState() != null) {
        return isNotThere(refused.getSQLState());
      }
      if (cause instanceof PgException refused && refused.getSqlState() != null) {
        return isNotThere(refused.getSqlState());
      }
      if (isNoConnection(cause)) {
        return true;
      }
    }
    return false;
  }

  /** No connection (08), a server that starts or stops (57P), or that has no more to give (53). */
  private static boolean isNotThere(String state) {
    return !state.equals(NO_PASSWORD)
        && (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53"));
  }

  /** A connection that is lost while something is written to it fails with any IOException. */
  private static boolean isNoConnection(Throwable cause) {
    return switch (cause) {
      case SSLException _, FileSystemException _ -> false;
      case IOException _, TimeoutException _, ClosedConnectionException _ -> true;
      case VertxException ofPool -> {
        String message = String.valueOf(ofPool.getMessage());
        yield message.startsWith("Timeout waiting for connection")
            || message.contains("Connection was closed")
            || message.contains("connection has been closed")
            || message.startsWith("Connection is not active now");
      }
      default -> false;
    };
  }
}
