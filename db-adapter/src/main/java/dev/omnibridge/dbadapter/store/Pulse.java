// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Notices that the database is gone while nobody appends: each beat is a question, and one that is
 * not answered is asked again over a new connection.
 */
final class Pulse {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final WriterConnection connection;
  private final BooleanSupplier idle;
  private final Consumer<Throwable> gone;
  private boolean asking;

  /** Asks and tells only while the writer is idle: an append finds out by itself. */
  Pulse(WriterConnection connection, BooleanSupplier idle, Consumer<Throwable> gone) {
    this.connection = connection;
    this.idle = idle;
    this.gone = gone;
  }

  void beat() {
    if (asking || !idle.getAsBoolean()) {
      return;
    }
    asking = true;
    ask()
        .recover(failure -> idle.getAsBoolean() ? ask() : Future.failedFuture(failure))
        .onComplete(asked -> {
          asking = false;
          if (asked.failed() && idle.getAsBoolean()) {
            gone.accept(asked.cause());
          }
        });
  }

  private Future<Void> ask() {
    return connection.get().compose(this::ask);
  }

  /** An append that came meanwhile waits behind the question, and has limits of its own. */
  private Future<Void> ask(PgConnection open) {
    Future<Void> answer = Timeouts.within(LIMIT, open.query("select 1").execute().mapEmpty());
    return answer.onFailure(_ -> {
      if (idle.getAsBoolean()) {
        connection.drop(open);
      }
    });
  }
}
