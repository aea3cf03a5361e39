// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsResponse;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.CancelHereRequest;
import dev.omnibridge.api.workflow.v1.CancelHereResponse;
import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.CancelWorkflowResponse;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.GetWorkflowResponse;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsResponse;
import dev.omnibridge.api.workflow.v1.NodeServiceGrpc;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitHereRequest;
import dev.omnibridge.api.workflow.v1.WaitHereResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WatchWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc.WorkflowServiceImplBase;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.Submission;
import dev.omnibridge.orchestrator.run.Workflows;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Calls;
import dev.omnibridge.runtime.rpc.Replies;
import dev.omnibridge.runtime.rpc.Statuses;
import io.grpc.Channel;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The WorkflowService. Every call is handled on the context of the shell, and may be made at any
 * node: the owner of a run is asked where it can answer sooner, and done without where it is away.
 */
public final class WorkflowApi extends WorkflowServiceImplBase {
  private static final Duration LIMIT = LocalCalls.LIMIT;

  /** How long the owner of a run is waited for before the call is done here. */
  private static final Duration OWNER_LIMIT = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Context context;
  private final Workflows workflows;
  private final WorkflowLog log;
  private final LocalCalls local;
  private final Lookup lookup;
  private final Owners owners;
  private final Supplier<String> newId;

  public WorkflowApi(
      Vertx vertx, Workflows workflows, WorkflowLog log, Owners owners, Supplier<String> newId) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.workflows = workflows;
    this.log = log;
    this.local = new LocalCalls(vertx, workflows, log);
    this.lookup = local.lookup();
    this.owners = owners;
    this.newId = newId;
  }

  @Override
  public void submitWorkflow(
      SubmitWorkflowRequest request, StreamObserver<SubmitWorkflowResponse> out) {
    Replies.unary(context, out, scope -> submit(request, scope));
  }

  private Future<SubmitWorkflowResponse> submit(SubmitWorkflowRequest request, CallScope scope) {
    Submission submission = Inputs.submission(request, newId);
    return Timeouts.within(
            scope.within(LIMIT).plusMillis(1),
            Future.fromCompletionStage(workflows.submit(submission))
                .compose(result -> submitted(result, scope)))
        .recover(failure ->
            Future.failedFuture(LocalCalls.timely(failure, "submission", "SUBMIT_UNKNOWN")));
  }

  private Future<SubmitWorkflowResponse> submitted(Submission.Result result, CallScope scope) {
    return switch (result) {
      case Submission.Result.Started(var row) ->
          Future.succeededFuture(response(Lookup.view(row), false));
      case Submission.Result.Existed(RunKey key) ->
          log.byRunId(key.namespace(), key.runId(), scope.within(LIMIT))
              .compose(stored -> lookup.view(stored.getRow()))
              .map(view -> response(view, true));
    };
  }

  private static SubmitWorkflowResponse response(Workflow workflow, boolean existed) {
    return SubmitWorkflowResponse.newBuilder().setWorkflow(workflow).setExisted(existed).build();
  }

  @Override
  public void getWorkflow(GetWorkflowRequest request, StreamObserver<GetWorkflowResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            lookup
                .row(request.getKey(), scope.within(LIMIT))
                .compose(lookup::view)
                .map(view -> GetWorkflowResponse.newBuilder().setWorkflow(view).build()));
  }

  @Override
  public void listWorkflows(
      ListWorkflowsRequest request, StreamObserver<ListWorkflowsResponse> out) {
    Replies.unary(
        context,
        out,
        scope -> log.list(rows(request), scope.within(LIMIT)).map(WorkflowApi::workflows));
  }

  private static ListWorkflowRowsRequest rows(ListWorkflowsRequest request) {
    ListWorkflowRowsRequest.Builder rows =
        ListWorkflowRowsRequest.newBuilder()
            .setPageSize(request.getPageSize())
            .setPageToken(request.getPageToken())
            .setNamespace(request.getNamespace())
            .setWorkflowType(request.getWorkflowType())
            .setCorrelationId(request.getCorrelationId());
    request.getStatesList().forEach(state -> rows.addStates(Views.name(state)));
    if (request.hasSince()) {
      rows.setSince(request.getSince());
    }
    if (request.hasUntil()) {
      rows.setUntil(request.getUntil());
    }
    return rows.build();
  }

  private static ListWorkflowsResponse workflows(ListWorkflowRowsResponse page) {
    ListWorkflowsResponse.Builder response =
        ListWorkflowsResponse.newBuilder().setNextPageToken(page.getNextPageToken());
    page.getWorkflowsList()
        .forEach(stored -> response.addWorkflows(Views.of(stored.getRow(), null)));
    return response.build();
  }

  /** Waits here, and asks the owner to tell as well. */
  @Override
  public void waitWorkflow(WaitWorkflowRequest request, StreamObserver<WaitWorkflowResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            local
                .toWaitFor(request, scope)
                .compose(row -> {
                  Duration patience = LocalCalls.patience(request, scope);
                  Promise<Void> over = Promise.promise();
                  Runnable forget = scope.onCancelled(over::tryComplete);
                  return local
                      .await(row, patience, scope, askOwner(row, patience, over.future()))
                      .onComplete(_ -> {
                        forget.run();
                        over.tryComplete();
                      });
                }));
  }

  private Future<WaitWorkflowResponse> askOwner(
      WorkflowRow row, Duration patience, Future<Void> over) {
    RunKey key = Lookup.key(row);
    Channel owner = row.getFinished() ? null : owners.elsewhere(key);
    if (owner == null) {
      return Future.future(_ -> {});
    }
    var call =
        WaitWorkflowRequest.newBuilder()
            .setKey(LocalCalls.key(key))
            .setMaxWait(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(patience.toSeconds())
                    .setNanos(patience.toNanosPart()));
    return Calls.unaryUntil(
            over,
            owner,
            NodeServiceGrpc.getWaitHereMethod(),
            WaitHereRequest.newBuilder().setCall(call).build(),
            patience.plus(LocalCalls.HEADROOM))
        .map(WaitHereResponse::getAnswer);
  }

  /** At the owner, who need not load the run for it; here when the owner does not answer. */
  @Override
  public void cancelWorkflow(
      CancelWorkflowRequest request, StreamObserver<CancelWorkflowResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            lookup
                .row(request.getKey(), scope.within(LIMIT))
                .compose(row -> cancel(Lookup.key(row), request, scope)));
  }

  private Future<CancelWorkflowResponse> cancel(
      RunKey key, CancelWorkflowRequest request, CallScope scope) {
    Channel owner = owners.elsewhere(key);
    if (owner == null) {
      return local.cancel(request, scope);
    }
    var call = request.toBuilder().setKey(LocalCalls.key(key)).build();
    return Calls.unary(
            owner,
            NodeServiceGrpc.getCancelHereMethod(),
            CancelHereRequest.newBuilder().setCall(call).build(),
            scope.within(OWNER_LIMIT))
        .map(CancelHereResponse::getAnswer)
        .recover(failure ->
            Statuses.faultOf(failure).kind().worthRetrying()
                ? local.cancel(request, scope)
                : Future.failedFuture(failure));
  }

  @Override
  public void watchWorkflow(
      WatchWorkflowRequest request, StreamObserver<WatchWorkflowResponse> out) {
    Watcher watcher =
        new Watcher(
            vertx,
            context,
            log,
            new Audience<>(
                (ServerCallStreamObserver<WatchWorkflowResponse>) out, answer -> answer));
    watcher.prepare();
    CallScope scope = CallScope.current();
    context.runOnContext(_ -> local.watch(watcher, request, scope, owners));
  }
}
