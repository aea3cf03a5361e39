// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * Answers incoming calls with futures; a failure leaves as a google.rpc.Status with its details.
 */
public final class Replies {
  private Replies() {}

  /**
   * Runs the handler on the context and answers with its future. The handler gets the scope of the
   * call, to pass its deadline on.
   */
  public static <R> void unary(
      Context context, StreamObserver<R> out, Function<CallScope, Future<R>> handler) {
    CallScope scope = CallScope.current();
    context.runOnContext(_ -> {
      Future<R> answer;
      try {
        answer = handler.apply(scope);
      } catch (RuntimeException failure) {
        answer = Future.failedFuture(failure);
      }
      answer.onComplete(
          reply -> complete(out, scope, reply.succeeded(), reply.result(), reply.cause()));
    });
  }

  private static <R> void complete(
      StreamObserver<R> out, CallScope scope, boolean succeeded, R reply, Throwable failure) {
    if (!succeeded) {
      // What is broken is logged, also when nobody waits any more to be told.
      var told = Statuses.toException(Statuses.faultOf(failure));
      if (!scope.cancelled()) {
        out.onError(told);
      }
    } else if (!scope.cancelled()) {
      out.onNext(reply);
      out.onCompleted();
    }
  }

  /** Ends a call with a failure. */
  public static void fail(StreamObserver<?> out, Throwable failure) {
    out.onError(Statuses.toException(Statuses.faultOf(failure)));
  }
}
