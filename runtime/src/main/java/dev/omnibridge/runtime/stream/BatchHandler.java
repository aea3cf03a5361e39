// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import io.vertx.core.Future;

/** What a consumer does with its records. */
@FunctionalInterface
public interface BatchHandler {
  /**
   * Stores the effect of the batch and moves every slice's position, together. Success means that
   * all of them are at {@link Slice#nextOffset}, or will be once what was put off is stored; after
   * a failure all partitions are read again from whatever is stored then. Called on the pump's
   * virtual thread; before the last batch is answered only if the pump's configuration says so.
   */
  Future<?> handle(Batch batch);

  /**
   * Nothing came just now: the time for what was put off. Called and answered like a batch, so that
   * positions that could not be stored are read again.
   */
  default Future<?> idle() {
    return Future.succeededFuture();
  }

  /**
   * All partitions are read again from what is stored: what was put off is void, and nothing that
   * is with the handler is waited for any more. Called on the pump's virtual thread.
   */
  default void startOver() {}
}
