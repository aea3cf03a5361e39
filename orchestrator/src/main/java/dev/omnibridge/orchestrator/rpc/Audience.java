// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Function;

/** Whoever watches a run: a client, or an orchestrator that was asked by one. */
record Audience<R>(ServerCallStreamObserver<R> out, Function<WatchWorkflowResponse, R> message) {

  void listen(Runnable ready, Runnable cancelled) {
    out.setOnReadyHandler(ready);
    out.setOnCancelHandler(cancelled);
  }

  boolean ready() {
    return out.isReady();
  }

  void tell(WatchWorkflowResponse news) {
    out.onNext(message.apply(news));
  }

  void complete() {
    out.onCompleted();
  }

  void fail(Throwable failure) {
    Replies.fail(out, failure);
  }
}
