// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one way to wait for a future within a limit. {@link Future#timeout} alone is not enough: what
 * is composed of several futures, and a promise that nobody has bound, belongs to no context, and
 * Vert.x 5.0.12 fires its limit on a thread of its own. What follows would then run beside the
 * event loop that it is confined to.
 */
public final class Timeouts {
  private Timeouts() {}

  /**
   * Completes as the future does, or with a {@link java.util.concurrent.TimeoutException} once the
   * limit is over, at least a millisecond; either way on the caller's context, if it has one.
   * Nothing is cancelled by it: a late result is the business of whoever made the future.
   */
  public static <T> Future<T> within(Duration limit, Future<T> future) {
    long millis = Math.max(1, limit.toMillis());
    @Nullable Context context = Vertx.currentContext();
    if (context == null) {
      return future.timeout(millis, TimeUnit.MILLISECONDS);
    }
    Promise<T> here = ((ContextInternal) context).promise();
    future.onComplete(here);
    return here.future().timeout(millis, TimeUnit.MILLISECONDS);
  }
}
