// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.log.v1.ListWorkflowRowsRequest;
import dev.omnibridge.api.log.v1.ListWorkflowRowsResponse;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.CancelWorkflowResponse;
import dev.omnibridge.api.workflow.v1.GetWorkflowRequest;
import dev.omnibridge.api.workflow.v1.GetWorkflowResponse;
import dev.omnibridge.api.workflow.v1.ListWorkflowsRequest;
import dev.omnibridge.api.workflow.v1.ListWorkflowsResponse;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
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
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The WorkflowService. Every call is handled on the context of the shell. */
public final class WorkflowApi extends WorkflowServiceImplBase {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** What is left of a deadline for the answer of a wait to travel. */
  private static final Duration HEADROOM = Duration.ofMillis(50);

  private final Vertx vertx;
  private final Context context;
  private final Workflows workflows;
  private final WorkflowLog log;
  private final Lookup lookup;
  private final Supplier<String> newId;

  public WorkflowApi(Vertx vertx, Workflows workflows, WorkflowLog log, Supplier<String> newId) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.workflows = workflows;
    this.log = log;
    this.lookup = new Lookup(log);
    this.newId = newId;
  }

  @Override
  public void submitWorkflow(
      SubmitWorkflowRequest request, StreamObserver<SubmitWorkflowResponse> out) {
    Replies.unary(context, out, scope -> submit(request, scope));
  }

  private Future<SubmitWorkflowResponse> submit(SubmitWorkflowRequest request, CallScope scope) {
    Submission submission = Inputs.submission(request, newId);
    return Future.fromCompletionStage(workflows.submit(submission))
        .compose(result -> submitted(result, scope))
        .timeout(scope.within(LIMIT).toMillis() + 1, TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(timely(failure, "submission", "SUBMIT_UNKNOWN")));
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

  /** The shell goes on; only this caller is not told any more. */
  private static Throwable timely(Throwable failure, String what, String reason) {
    return failure instanceof TimeoutException
        ? Fault.of(
            Fault.Kind.TIMEOUT,
            reason,
            "It is not known yet whether the %s was accepted; repeat it to learn.".formatted(what))
        : failure;
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

  @Override
  public void waitWorkflow(WaitWorkflowRequest request, StreamObserver<WaitWorkflowResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            lookup
                .row(request.getKey(), scope.within(LIMIT))
                .compose(row -> await(row, request, scope)));
  }

  private Future<WaitWorkflowResponse> await(
      WorkflowRow row, WaitWorkflowRequest request, CallScope scope) {
    if (row.getFinished()) {
      return lookup.view(row).map(view -> Waiter.response(view, true));
    }
    Duration wanted =
        request.hasMaxWait()
            ? Duration.ofSeconds(request.getMaxWait().getSeconds(), request.getMaxWait().getNanos())
            : scope.within(LONGEST_WAIT).equals(LONGEST_WAIT) ? LIMIT : LONGEST_WAIT;
    Duration left = scope.within(wanted.plus(HEADROOM)).minus(HEADROOM);
    return new Waiter(vertx, log, lookup, row).await(workflows.hints(), left, scope);
  }

  @Override
  public void cancelWorkflow(
      CancelWorkflowRequest request, StreamObserver<CancelWorkflowResponse> out) {
    Replies.unary(
        context,
        out,
        scope ->
            lookup
                .row(request.getKey(), scope.within(LIMIT))
                .compose(row -> cancel(row, request.getReason()))
                .timeout(scope.within(LIMIT).toMillis() + 1, TimeUnit.MILLISECONDS)
                .recover(failure ->
                    Future.failedFuture(timely(failure, "cancellation", "CANCEL_UNKNOWN")))
                .map(view -> CancelWorkflowResponse.newBuilder().setWorkflow(view).build()));
  }

  private Future<Workflow> cancel(WorkflowRow row, String reason) {
    if (row.getState().equals("CANCELLED")) {
      return lookup.view(row);
    }
    if (row.getFinished()) {
      return Future.failedFuture(
          Fault.of(
                  Fault.Kind.REFUSED,
                  "WORKFLOW_FINISHED",
                  "The run has ended as %s.".formatted(row.getState()))
              .with("run_id", row.getRunId())
              .with("state", row.getState()));
    }
    return Future.fromCompletionStage(workflows.cancel(Lookup.key(row), reason)).map(Lookup::view);
  }

  @Override
  public void watchWorkflow(
      WatchWorkflowRequest request, StreamObserver<WatchWorkflowResponse> out) {
    Watcher watcher =
        new Watcher(vertx, context, log, (ServerCallStreamObserver<WatchWorkflowResponse>) out);
    watcher.prepare();
    CallScope scope = CallScope.current();
    context.runOnContext(_ ->
        lookup
            .row(request.getKey(), scope.within(LIMIT))
            .onSuccess(row -> watcher.start(row, request.getAfterVersion(), workflows.hints()))
            .onFailure(watcher::fail));
  }
}
