// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call from the network a context that ends with the call or at its deadline, and lets
 * go of its handler then, as gRPC's own server does. GrpcIoServer would keep both until the
 * deadline, however early the call ends, and with them all that a handler had; so the deadline is
 * taken out of its sight. What is written to a caller who has gone is dropped.
 */
final class Deadlines implements ServerInterceptor {
  private static final String TIMEOUT = "grpc-timeout";
  private static final String MOVED = "omnibridge-timeout";
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of(MOVED, Metadata.ASCII_STRING_MARSHALLER);

  private final ScheduledThreadPoolExecutor clock;

  Deadlines() {
    clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("deadlines").unstarted(task));
    clock.setRemoveOnCancelPolicy(true);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Moves the deadline of a request to where this interceptor finds it. */
  static void take(MultiMap headers) {
    String timeout = headers.get(TIMEOUT);
    var unused = headers.remove(MOVED);
    if (timeout != null) {
      unused = headers.remove(TIMEOUT).set(MOVED, timeout);
    }
  }

  void close() {
    var unused = clock.shutdownNow();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    long nanos = nanos(headers.get(KEY));
    CancellableContext context =
        nanos < 0
            ? Context.current().withCancellation()
            : Context.current().withDeadlineAfter(nanos, TimeUnit.NANOSECONDS, clock);
    var open = new Open<>(call, context);
    var listener = new Ending<>(Contexts.interceptCall(context, open, headers, next), context);
    if (nanos >= 0) {
      expireOn(context, open, listener);
    }
    return listener;
  }

  /** At the deadline the caller is told, and the handler, where it hears of everything else. */
  private static void expireOn(
      CancellableContext context, ServerCall<?, ?> call, Ending<?> listener) {
    io.vertx.core.@Nullable Context events = Vertx.currentContext();
    context.addListener(
        ended -> {
          if (ended.cancellationCause() instanceof TimeoutException && events != null) {
            events.runOnContext(_ -> listener.expire(call));
          }
        },
        Runnable::run);
  }

  /** The nanoseconds of a gRPC timeout, like "250m"; -1 without one or when it is none. */
  static long nanos(@Nullable String timeout) {
    if (timeout == null || timeout.length() < 2) {
      return -1;
    }
    TimeUnit unit =
        switch (timeout.charAt(timeout.length() - 1)) {
          case 'H' -> TimeUnit.HOURS;
          case 'M' -> TimeUnit.MINUTES;
          case 'S' -> TimeUnit.SECONDS;
          case 'm' -> TimeUnit.MILLISECONDS;
          case 'u' -> TimeUnit.MICROSECONDS;
          case 'n' -> TimeUnit.NANOSECONDS;
          default -> null;
        };
    try {
      return unit == null
          ? -1
          : unit.toNanos(Long.parseUnsignedLong(timeout, 0, timeout.length() - 1, 10));
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  /**
   * What is written to a caller who has gone goes nowhere, as on gRPC's own server. GrpcIoServer
   * throws instead, as long as the handler has not been told of it, on whatever thread writes; what
   * is written after the end is a mistake, and throws.
   */
  private static final class Open<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final CancellableContext context;
    private volatile boolean closed;

    Open(ServerCall<Q, R> call, CancellableContext context) {
      super(call);
      this.context = context;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      boolean unused = unlessGone(() -> super.sendHeaders(headers));
    }

    @Override
    public void sendMessage(R message) {
      boolean unused = unlessGone(() -> super.sendMessage(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!unlessGone(() -> super.close(status, trailers))) {
        // A call that is closed is not told of its caller any more, so this is its end.
        context.cancel(null);
      }
      closed = true;
    }

    private boolean unlessGone(Runnable write) {
      try {
        write.run();
        return true;
      } catch (IllegalStateException failure) {
        if (closed) {
          throw failure;
        }
        return false;
      }
    }
  }

  /** Forgets the handler when there is nothing more to tell it. */
  private static final class Ending<Q> extends ForwardingServerCallListener<Q> {
    private final CancellableContext context;
    private volatile ServerCall.Listener<Q> handler;
    private volatile boolean ended;

    Ending(ServerCall.Listener<Q> handler, CancellableContext context) {
      this.handler = handler;
      this.context = context;
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
      return handler;
    }

    void expire(ServerCall<?, ?> call) {
      if (ended) {
        return;
      }
      try {
        call.close(Status.DEADLINE_EXCEEDED, new Metadata());
      } catch (IllegalStateException answered) {
        // The answer was on its way before the deadline; there is nobody left to tell.
        ended = true;
      }
      onCancel();
    }

    @Override
    public void onCancel() {
      try {
        super.onCancel();
      } finally {
        end();
      }
    }

    @Override
    public void onComplete() {
      try {
        super.onComplete();
      } finally {
        end();
      }
    }

    private void end() {
      ended = true;
      handler = new ServerCall.Listener<>() {};
      context.cancel(null);
    }
  }
}
