// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.store;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Does what takes much memory one after the other. Used on one context only. */
final class OneByOne {
  /** Without the result, which would stay until the next one. */
  private Future<Void> last = Future.succeededFuture();

  <T> Future<T> run(Supplier<Future<T>> work) {
    Future<T> mine = last.transform((_, _) -> work.get());
    last = mine.mapEmpty();
    return mine;
  }
}
