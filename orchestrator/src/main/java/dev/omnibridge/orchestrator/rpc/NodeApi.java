// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.workflow.v1.CancelHereRequest;
import dev.omnibridge.api.workflow.v1.CancelHereResponse;
import dev.omnibridge.api.workflow.v1.NodeServiceGrpc.NodeServiceImplBase;
import dev.omnibridge.api.workflow.v1.WaitHereRequest;
import dev.omnibridge.api.workflow.v1.WaitHereResponse;
import dev.omnibridge.api.workflow.v1.WakeRequest;
import dev.omnibridge.api.workflow.v1.WakeResponse;
import dev.omnibridge.api.workflow.v1.WatchHereRequest;
import dev.omnibridge.api.workflow.v1.WatchHereResponse;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.Workflows;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The NodeService: what other orchestrators ask of the owner of a run. */
public final class NodeApi extends NodeServiceImplBase {
  private final Vertx vertx;
  private final Context context;
  private final Workflows workflows;
  private final WorkflowLog log;
  private final LocalCalls local;

  public NodeApi(Vertx vertx, Workflows workflows, WorkflowLog log) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.workflows = workflows;
    this.log = log;
    this.local = new LocalCalls(vertx, workflows, log);
  }

  @Override
  public void wake(WakeRequest request, StreamObserver<WakeResponse> out) {
    Replies.unary(
        context,
        out,
        _ -> {
          workflows.wake(
              new RunKey(request.getNamespace(), request.getRunId()), request.getVersion());
          return Future.succeededFuture(WakeResponse.getDefaultInstance());
        });
  }

  @Override
  public void cancelHere(CancelHereRequest request, StreamObserver<CancelHereResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            local
                .cancel(request.getCall(), scope)
                .map(answer -> CancelHereResponse.newBuilder().setAnswer(answer).build()));
  }

  @Override
  public void waitHere(WaitHereRequest request, StreamObserver<WaitHereResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            local
                .await(request.getCall(), scope)
                .map(answer -> WaitHereResponse.newBuilder().setAnswer(answer).build()));
  }

  @Override
  public void watchHere(WatchHereRequest request, StreamObserver<WatchHereResponse> out) {
    Watcher watcher =
        new Watcher(
            vertx,
            context,
            log,
            new Audience<>(
                (ServerCallStreamObserver<WatchHereResponse>) out,
                answer -> WatchHereResponse.newBuilder().setAnswer(answer).build()));
    watcher.prepare();
    CallScope scope = CallScope.current();
    context.runOnContext(_ -> local.watch(watcher, request.getCall(), scope, _ -> null));
  }
}
