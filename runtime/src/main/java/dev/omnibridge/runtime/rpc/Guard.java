// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Stands before every service: checks each message against the rules in its .proto, and turns what
 * a handler throws into a status with details.
 */
final class Guard implements ServerInterceptor {
  private final MessageRules rules = new MessageRules();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean closed;

      @Override
      public void onMessage(Q message) {
        guarded(() -> {
          if (message instanceof Message proto) {
            rules.check(proto);
          }
          super.onMessage(message);
        });
      }

      @Override
      public void onHalfClose() {
        guarded(super::onHalfClose);
      }

      @Override
      public void onCancel() {
        if (!closed) {
          super.onCancel();
        }
      }

      @Override
      public void onComplete() {
        if (!closed) {
          super.onComplete();
        }
      }

      /** A handler whose call was closed for it hears of it as a caller who went away. */
      private void guarded(Runnable step) {
        if (closed) {
          return;
        }
        try {
          step.run();
        } catch (RuntimeException failure) {
          closed = true;
          close(call, failure);
          super.onCancel();
        }
      }
    };
  }

  private static void close(ServerCall<?, ?> call, RuntimeException failure) {
    StatusRuntimeException told = Statuses.toException(Statuses.faultOf(failure));
    Metadata trailers = told.getTrailers();
    try {
      call.close(Status.fromThrowable(told), trailers == null ? new Metadata() : trailers);
    } catch (IllegalStateException alreadyClosed) {
      // The handler answered before it threw; the caller has its answer.
    }
  }
}
