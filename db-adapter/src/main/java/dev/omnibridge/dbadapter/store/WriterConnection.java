// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import org.jspecify.annotations.Nullable;

/** The one connection of a writer, opened when it is needed and again after it was lost. */
final class WriterConnection {
  /** No connection is open, or can be; nothing was sent. */
  static final class NotConnected extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotConnected(Throwable cause) {
      super(cause.getMessage(), cause, false, false);
    }
  }

  private final Database database;
  private final boolean durable;
  private @Nullable PgConnection open;
  private @Nullable Future<PgConnection> opening;
  private @Nullable Pipeline transaction;

  /** Without durable, a commit is answered before it is on disk. */
  WriterConnection(Database database, boolean durable) {
    this.database = database;
    this.durable = durable;
  }

  Future<PgConnection> get() {
    PgConnection current = open;
    if (current != null) {
      return Future.succeededFuture(current);
    }
    Future<PgConnection> begun = opening;
    if (begun == null || begun.isComplete()) {
      begun = database.connect(durable).map(this::opened);
      opening = begun;
    }
    return begun;
  }

  private PgConnection opened(PgConnection connection) {
    open = connection;
    transaction = null;
    connection.closeHandler(_ -> {
      if (open == connection) {
        open = null;
      }
    });
    return connection;
  }

  /**
   * Begins a transaction on the connection that is open. It has the connection for itself until it
   * is over; statements of two would end each other's transactions, and parts of them be lost. Who
   * asks for a second one loses the connection, for then nobody knows what state it is in.
   *
   * @throws NotConnected when it was lost since {@link #get}: whoever heard of it first may have
   *     found out by writing to it
   */
  Pipeline begin() {
    PgConnection current = open;
    if (current == null) {
      throw new NotConnected(new IllegalStateException("The connection was lost at once"));
    }
    if (transaction != null && !transaction.over()) {
      drop();
      throw new IllegalStateException("The connection is in another transaction");
    }
    Pipeline begun = Pipeline.begin(current);
    transaction = begun;
    return begun;
  }

  /** Never uses this connection again; the server ends what it may still be doing. */
  void drop() {
    PgConnection lost = open;
    open = null;
    if (lost != null) {
      var unused = lost.close();
    }
  }

  /** The same, if it is still this one; it may have been opened anew meanwhile. */
  void drop(PgConnection asked) {
    if (open == asked) {
      drop();
    }
  }

  Future<Void> close() {
    PgConnection current = open;
    open = null;
    return current == null ? Future.succeededFuture() : current.close();
  }
}
