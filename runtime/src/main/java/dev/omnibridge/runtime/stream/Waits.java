// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.runtime.Timeouts;
import io.vertx.core.Future;
import java.time.Duration;

/** Waiting on a virtual-thread verticle. */
final class Waits {
  private Waits() {}

  /**
   * The result, or the failure thrown, or a TimeoutException. Not {@code await(time, unit)}: in
   * Vert.x 5.0.12 one that times out leaves the verticle's queue such that no later await works.
   */
  static <T> T within(Duration limit, Future<T> future) {
    return Timeouts.within(limit, future).await();
  }
}
