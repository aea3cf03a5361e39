// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import io.vertx.core.Future;

/** What a consumer does with its records. */
@FunctionalInterface
public interface BatchHandler {
  /**
   * Stores the effect of the batch and moves every slice's position, together. Success means that
   * all of them are at {@link Slice#nextOffset}; after a failure the batch comes again from
   * whatever is stored then. Called on the pump's virtual thread; before the last batch is answered
   * only if the pump's configuration says so.
   */
  Future<?> handle(Batch batch);

  /**
   * Nothing came just now: the time for what was put off. Called on the pump's virtual thread; must
   * not throw, and nobody waits for what it begins.
   */
  default void idle() {}
}
