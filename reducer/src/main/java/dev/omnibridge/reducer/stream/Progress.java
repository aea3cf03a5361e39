// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import dev.omnibridge.reducer.store.ViewKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells who waits for a stream that this process has committed more of it. Safe for all threads.
 */
public final class Progress {
  private final Map<ViewKey, Promise<Void>> waiting = new ConcurrentHashMap<>();

  /** Completes with the next commit that changes the view; ask before looking at the view. */
  public Future<Void> next(ViewKey key) {
    return waiting.computeIfAbsent(key, _ -> Promise.promise()).future();
  }

  /** Nobody needs to be told any more; others who wait for the same look again by themselves. */
  public void forget(ViewKey key) {
    waiting.remove(key);
  }

  void committed(Collection<ViewKey> keys) {
    for (ViewKey key : keys) {
      Promise<Void> promise = waiting.remove(key);
      if (promise != null) {
        promise.tryComplete();
      }
    }
  }
}
