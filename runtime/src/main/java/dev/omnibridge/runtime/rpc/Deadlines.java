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
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every call from the network a context that ends with the call or at its deadline, and lets
 * go of its handler then, as gRPC's own server does. GrpcIoServer would keep both until the
 * deadline, however early the call ends, and with them all that a handler had; so the deadline is
 * taken out of its sight. What is written to a caller who has gone is dropped.
 */
final class Deadlines implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

  private static final String TIMEOUT = "grpc-timeout";
  private static final String MOVED = "omnibridge-timeout";
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of(MOVED, Metadata.ASCII_STRING_MARSHALLER);

  /** Of HTTP/2, by which clients in Java take the call for one that was cancelled. */
  private static final long CANCEL = 0x8;

  /** The request that brought a call from the network. */
  static final Context.Key<HttpServerRequest> REQUEST = Context.key("request");

  private final ScheduledThreadPoolExecutor clock;

  Deadlines() {
    clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("deadlines").unstarted(task));
    clock.setRemoveOnCancelPolicy(true);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Handles a request so that this interceptor finds its deadline, and hears of its end. */
  static void pass(HttpServerRequest request, Handler<HttpServerRequest> server) {
    take(request.headers());
    Context.ROOT.withValue(REQUEST, request).run(() -> server.handle(request));
  }

  private static void take(MultiMap headers) {
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
    var open = new Open<>(call, context, REQUEST.get());
    var listener = new Ending<>(open, context);
    hearOf(context, listener);
    listener.handler = Contexts.interceptCall(context, open, headers, next);
    return listener;
  }

  /**
   * Tells a handler of its deadline and of a lost connection where it hears of everything else, and
   * never within a write, which holds a lock of the connection.
   */
  private static void hearOf(CancellableContext context, Ending<?> listener) {
    io.vertx.core.@Nullable Context events = Vertx.currentContext();
    HttpServerRequest request = REQUEST.get();
    if (events == null || request == null) {
      return;
    }
    var unused = request.response().closeHandler(_ -> events.runOnContext(_ -> listener.lost()));
    context.addListener(
        ended -> {
          if (ended.cancellationCause() instanceof TimeoutException) {
            events.runOnContext(_ -> listener.expire());
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
   * What is written to a caller who has gone goes nowhere, as on gRPC's own server, and the handler
   * can ask whether that is so. GrpcIoServer throws instead, on whatever thread writes, and never
   * says that a call is cancelled; what is written after the end is a mistake, and throws.
   */
  private static final class Open<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final CancellableContext context;
    private final @Nullable HttpServerRequest request;
    private volatile boolean gone;
    private volatile boolean closing;
    private volatile boolean closed;

    Open(ServerCall<Q, R> call, CancellableContext context, @Nullable HttpServerRequest request) {
      super(call);
      this.context = context;
      this.request = request;
    }

    void leave() {
      gone = true;
    }

    /**
     * The caller is told; what the handler writes from now on goes nowhere. Who has not taken what
     * was written before would not hear of it, and all of that would stay: it is dropped, as gRPC's
     * own server does, for a caller who knows of the deadline.
     */
    void expire() {
      boolean waits = !super.isReady();
      leave();
      if (waits && request != null) {
        closing = true;
        var unused = request.response().reset(CANCEL);
        return;
      }
      try {
        end(Status.DEADLINE_EXCEEDED, new Metadata());
      } catch (IllegalStateException answered) {
        // The answer was on its way before the deadline; there is nobody left to tell.
        closing = true;
      }
    }

    /** True once the handler has begun to end the call, which it then hears of by that. */
    boolean closing() {
      return closing;
    }

    @Override
    public boolean isCancelled() {
      return gone || super.isCancelled();
    }

    @Override
    public boolean isReady() {
      return !gone && super.isReady();
    }

    @Override
    public void sendHeaders(Metadata headers) {
      unlessGone(() -> super.sendHeaders(headers));
    }

    @Override
    public void sendMessage(R message) {
      unlessGone(() -> super.sendMessage(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closing = true;
      unlessGone(() -> end(status, trailers));
      closed = true;
      if (gone) {
        // A call that is closed is not told of its caller any more, so this is its end.
        context.cancel(null);
      }
    }

    /**
     * Trailers have no promise; Vert.x wants to fail it all the same when their stream has ended.
     */
    private void end(Status status, Metadata trailers) {
      try {
        super.close(status, trailers);
      } catch (NullPointerException ended) {
        throw new IllegalStateException("The stream of this call has ended.", ended);
      }
    }

    private void unlessGone(Runnable write) {
      if (gone && !closed) {
        return;
      }
      try {
        write.run();
      } catch (IllegalStateException failure) {
        if (closed) {
          throw failure;
        }
        log.atDebug().setCause(failure).log("a caller has gone, and hears no more of its call");
        gone = true;
      }
    }
  }

  /** Forgets the handler when there is nothing more to tell it. */
  private static final class Ending<Q> extends ForwardingServerCallListener<Q> {
    private final Open<Q, ?> call;
    private final CancellableContext context;
    private volatile ServerCall.Listener<Q> handler = new ServerCall.Listener<>() {};
    private volatile boolean ended;

    Ending(Open<Q, ?> call, CancellableContext context) {
      this.call = call;
      this.context = context;
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
      return handler;
    }

    /** The connection of a caller may end without a word of its calls. */
    void lost() {
      if (!ended && !call.closing()) {
        onCancel();
      }
    }

    /** To a handler a call that is over looks like one whose caller has gone. */
    void expire() {
      if (ended) {
        return;
      }
      ServerCall.Listener<Q> told = handler;
      handler = new ServerCall.Listener<>() {};
      try {
        call.expire();
        told.onCancel();
      } finally {
        end();
      }
    }

    @Override
    public void onCancel() {
      call.leave();
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
