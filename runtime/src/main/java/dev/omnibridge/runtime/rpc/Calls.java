// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import dev.omnibridge.runtime.Fault;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
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
 * transport's thread without one); a failure is a {@link Fault}. One that was certainly not sent,
 * since nobody could be reached who serves, has the fact {@link Fault#SENT} = false.
 */
public final class Calls {
  private Calls() {}

  /** Calls a unary method, with a deadline. */
  public static <Q, R> Future<R> unary(
      Channel channel, MethodDescriptor<Q, R> method, Q request, Duration deadline) {
    Promise<R> promise = promise();
    var sent = new Sent();
    // A fresh gRPC context: the deadline is the argument, not what this thread happens to serve.
    io.grpc.Context.ROOT.run(() ->
        ClientCalls.asyncUnaryCall(
            channel.newCall(method, options(deadline, sent)),
            request,
            new Answer<>(promise, sent)));
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
    var sent = new Sent();
    io.grpc.Context.ROOT.run(() -> {
      ClientCall<Q, R> call = channel.newCall(method, options(deadline, sent));
      ClientCalls.asyncUnaryCall(call, request, new Answer<>(promise, sent));
      over.onComplete(_ -> call.cancel("no longer needed", null));
    });
    return promise.future();
  }

  private static CallOptions options(Duration deadline, Sent sent) {
    return CallOptions.DEFAULT
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
        .withStreamTracerFactory(sent);
  }

  private static <R> Promise<R> promise() {
    @Nullable Context context = Vertx.currentContext();
    return context == null ? Promise.promise() : ((ContextInternal) context).promise();
  }

  /** Whether a connection has taken the call. */
  private static final class Sent extends ClientStreamTracer.Factory {
    private volatile boolean taken;

    @Override
    public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void streamCreated(Attributes transport, Metadata sent) {
          taken = true;
        }
      };
    }
  }

  private static final class Answer<R> implements StreamObserver<R> {
    private final Promise<R> promise;
    private final Sent sent;
    private @Nullable R reply;

    Answer(Promise<R> promise, Sent sent) {
      this.promise = promise;
      this.sent = sent;
    }

    @Override
    public void onNext(R value) {
      reply = value;
    }

    @Override
    public void onError(Throwable failure) {
      Fault fault = Statuses.faultOf(failure);
      boolean unsent = fault.kind() == Fault.Kind.UNAVAILABLE && !sent.taken;
      promise.tryFail(unsent ? fault.with(Fault.SENT, false) : fault);
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
