// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;

/** A handler that stores nothing before nothing more comes. */
final class PuttingOff implements BatchHandler {
  private final BatchHandler store;
  private final Queue<Batch> waiting = new ArrayDeque<>();

  PuttingOff(BatchHandler store) {
    this.store = store;
  }

  @Override
  public Future<?> handle(Batch batch) {
    waiting.add(batch);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> idle() {
    Future<?> stored = Future.succeededFuture();
    while (stored.succeeded() && !waiting.isEmpty()) {
      stored = store.handle(waiting.remove());
    }
    return stored;
  }

  @Override
  public void startOver() {
    waiting.clear();
  }
}
