// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.Message;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Violation;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.stream.Collectors;

/**
 * Stands before every service: checks each message against the rules in its .proto, and turns what
 * a handler throws into a status with details.
 */
final class Guard implements ServerInterceptor {
  private final Validator validator = ValidatorFactory.newBuilder().build();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean closed;

      @Override
      public void onMessage(Q message) {
        guarded(() -> {
          if (message instanceof Message proto) {
            check(proto);
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
      Statuses.faultOf(failure);
    }
  }

  private void check(Message message) {
    try {
      var result = validator.validate(message);
      if (!result.isSuccess()) {
        var violations =
            result.getViolations().stream()
                .map(v -> v.toProto())
                .map(v -> new Violation(FieldPaths.text(v.getField()), v.getMessage()))
                .toList();
        throw Fault.invalid(
                "INVALID_REQUEST",
                violations.stream()
                    .map(v -> v.field() + ": " + v.description())
                    .collect(Collectors.joining("; ", "The request is not valid: ", ".")))
            .withViolations(violations);
      }
    } catch (ValidationException brokenRule) {
      throw Fault.broken(brokenRule);
    }
  }
}
