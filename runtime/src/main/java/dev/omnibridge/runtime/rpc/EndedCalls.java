// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Ends the context of a call with the call, and lets go of its handler, as gRPC's own server does.
 * GrpcIoServer keeps both until the deadline, and with them all that a handler had.
 */
final class EndedCalls implements ServerInterceptor {
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CancellableContext context = Context.current().withCancellation();
    return new Ending<>(Contexts.interceptCall(context, call, headers, next), context);
  }

  /** Forgets the handler when there is nothing more to tell it. */
  private static final class Ending<Q> extends ForwardingServerCallListener<Q> {
    private final CancellableContext context;
    private volatile ServerCall.Listener<Q> handler;

    Ending(ServerCall.Listener<Q> handler, CancellableContext context) {
      this.handler = handler;
      this.context = context;
    }

    @Override
    protected ServerCall.Listener<Q> delegate() {
      return handler;
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
      handler = new ServerCall.Listener<>() {};
      context.cancel(null);
    }
  }
}
