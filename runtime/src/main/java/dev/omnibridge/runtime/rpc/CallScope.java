// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one incoming call allows: how long it may take, and whether anybody still waits for it. */
public final class CallScope {
  /** Which clients in Java take for UNAVAILABLE, so that they try again. */
  private static final long NO_ERROR = 0x0;

  private final Context context;

  private CallScope(Context context) {
    this.context = context;
  }

  /** The scope of the call that is being handled on this thread. */
  public static CallScope current() {
    return new CallScope(Context.current());
  }

  /** The shorter of an own limit and what is left of the call's deadline; never negative. */
  public Duration within(Duration limit) {
    @Nullable Deadline deadline = context.getDeadline();
    if (deadline == null) {
      return limit;
    }
    long left = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return left < limit.toNanos() ? Duration.ofNanos(left) : limit;
  }

  /** True once the caller has gone or its deadline is over. */
  public boolean cancelled() {
    return context.isCancelled();
  }

  /**
   * True while the call's next message is on its way and the server bounds how long that may take:
   * it may have to wait for others, or for its line. Its client is not idle then.
   */
  public boolean receiving() {
    return Deadlines.REQUEST.get(context) instanceof Sluice sluice && sluice.isComing();
  }

  /**
   * Ends a call that its handler has not ended, and drops what waits for a caller who takes
   * nothing; it would stay in memory until the caller takes it or goes, as it does over HTTP/1.1,
   * where Vert.x closes the connection behind it. The handler then hears that the caller has gone.
   * False in process, where nothing waits with us.
   */
  public boolean drop() {
    HttpServerRequest request = Deadlines.REQUEST.get(context);
    if (request == null) {
      return false;
    }
    if (!request.response().closed()) {
      var unused = request.response().reset(NO_ERROR);
    }
    return true;
  }

  /**
   * Runs the action once when the caller goes away or its deadline is over. What is returned takes
   * it back: until then, or the end of the call, all that the action refers to stays in memory.
   */
  public Runnable onCancelled(Runnable action) {
    Context.CancellationListener listener = _ -> action.run();
    context.addListener(listener, Runnable::run);
    return () -> context.removeListener(listener);
  }
}
