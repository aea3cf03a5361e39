// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.Fault;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Outgoing unary calls as futures. The answer arrives on the Vert.x context of the caller (on the
 * transport's thread without one); a failure is a {@link Fault}.
 */
public final class Calls {
  private Calls() {}

  /** Calls a unary method, with a deadline. */
  public static <Q, R> Future<R> unary(
      Channel channel, MethodDescriptor<Q, R> method, Q request, Duration deadline) {
    Promise<R> promise = promise();
    // A fresh gRPC context: the deadline is the argument, not what this thread happens to serve.
    io.grpc.Context.ROOT.run(() ->
        ClientCalls.asyncUnaryCall(
            channel.newCall(
                method,
                CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)),
            request,
            new Answer<>(promise)));
    return promise.future();
  }

  /** The same, given up as soon as a future has completed, whatever with. */
  public static <Q, R> Future<R> unaryUntil(
      Future<?> over,
      Channel channel,
      MethodDescriptor<Q, R> method,
      Q request,
      Duration deadline) {
    Promise<R> promise = promise();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    io.grpc.Context.ROOT.run(() -> {
      ClientCall<Q, R> call = channel.newCall(method, options);
      ClientCalls.asyncUnaryCall(call, request, new Answer<>(promise));
      over.onComplete(_ -> call.cancel("no longer needed", null));
    });
    return promise.future();
  }

  private static <R> Promise<R> promise() {
    @Nullable Context context = Vertx.currentContext();
    return context == null ? Promise.promise() : ((ContextInternal) context).promise();
  }

  private static final class Answer<R> implements StreamObserver<R> {
    private final Promise<R> promise;
    private @Nullable R reply;

    Answer(Promise<R> promise) {
      this.promise = promise;
    }

    @Override
    public void onNext(R value) {
      reply = value;
    }

    @Override
    public void onError(Throwable failure) {
      promise.tryFail(Statuses.faultOf(failure));
    }

    @Override
    public void onCompleted() {
      if (reply == null) {
        promise.tryFail(
            Fault.broken(new IllegalStateException("A unary call ended without an answer")));
      } else {
        promise.tryComplete(reply);
      }
    }
  }
}
