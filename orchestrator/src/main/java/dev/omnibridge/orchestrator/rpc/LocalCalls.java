// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.CancelWorkflowRequest;
import dev.omnibridge.api.workflow.v1.CancelWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WatchWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import dev.omnibridge.orchestrator.run.RunKey;
import dev.omnibridge.orchestrator.run.RunRow;
import dev.omnibridge.orchestrator.run.Workflows;
import dev.omnibridge.orchestrator.store.Rows;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The calls about one run, done in this process, whoever owns the run. */
final class LocalCalls {
  static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  /** What is left of a deadline for the answer of a wait to travel. */
  static final Duration HEADROOM = Duration.ofMillis(50);

  private final Vertx vertx;
  private final Workflows workflows;
  private final WorkflowLog log;
  private final Lookup lookup;

  LocalCalls(Vertx vertx, Workflows workflows, WorkflowLog log) {
    this.vertx = vertx;
    this.workflows = workflows;
    this.log = log;
    this.lookup = new Lookup(log);
  }

  Lookup lookup() {
    return lookup;
  }

  Future<CancelWorkflowResponse> cancel(CancelWorkflowRequest request, CallScope scope) {
    Duration limit = scope.within(LIMIT);
    return Timeouts.within(
            limit.plusMillis(1),
            lookup.row(request.getKey(), limit).compose(row -> cancel(row, request.getReason())))
        .recover(failure -> Future.failedFuture(timely(failure, "cancellation", "CANCEL_UNKNOWN")))
        .map(view -> CancelWorkflowResponse.newBuilder().setWorkflow(view).build());
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

  /** The shell goes on; only this caller is not told any more. */
  static Throwable timely(Throwable failure, String what, String reason) {
    return failure instanceof TimeoutException
        ? Fault.of(
            Fault.Kind.TIMEOUT,
            reason,
            "It is not known yet whether the %s was accepted; repeat it to learn.".formatted(what))
        : failure;
  }

  Future<WaitWorkflowResponse> await(WaitWorkflowRequest request, CallScope scope) {
    return toWaitFor(request, scope)
        .compose(row -> await(row, patience(request, scope), scope, Future.future(_ -> {})));
  }

  /**
   * The run of a wait; one that is known here, and is asked for by its run id, is not looked up.
   */
  Future<WorkflowRow> toWaitFor(WaitWorkflowRequest request, CallScope scope) {
    var asked = request.getKey();
    var key = new RunKey(Inputs.namespace(asked.getNamespace()), asked.getId());
    RunRow known = known(key, patience(request, scope));
    return known == null
        ? lookup.row(asked, scope.within(LIMIT))
        : Future.succeededFuture(Rows.message(known));
  }

  /**
   * A short wait is a question for what the log has; during a longer one it is read in any case.
   */
  private @Nullable RunRow known(RunKey key, Duration patience) {
    return patience.compareTo(SHORT_WAIT) < 0 ? null : workflows.here(key);
  }

  /** How long a wait goes on before it is answered with what is known. */
  static Duration patience(WaitWorkflowRequest request, CallScope scope) {
    Duration wanted =
        request.hasMaxWait()
            ? Duration.ofSeconds(request.getMaxWait().getSeconds(), request.getMaxWait().getNanos())
            : scope.within(LONGEST_WAIT).equals(LONGEST_WAIT) ? LIMIT : LONGEST_WAIT;
    return scope.within(wanted.plus(HEADROOM)).minus(HEADROOM);
  }

  /** Waits here; an answer that comes from somebody else meanwhile is as good. */
  Future<WaitWorkflowResponse> await(
      WorkflowRow row,
      Duration patience,
      CallScope scope,
      Future<WaitWorkflowResponse> fromElsewhere) {
    return row.getFinished()
        ? lookup.view(row).map(view -> Waiter.response(view, true))
        : new Waiter(vertx, log, lookup, row, known(Lookup.key(row), patience) != null)
            .await(workflows.hints(), patience, scope, fromElsewhere);
  }

  /** Starts a watcher on the run that is asked for; follow gives it somebody to follow. */
  void watch(Watcher watcher, WatchWorkflowRequest request, CallScope scope, Owners owners) {
    lookup
        .row(request.getKey(), scope.within(LIMIT))
        .onSuccess(row -> watcher.start(row, request.getAfterVersion(), workflows.hints(), owners))
        .onFailure(watcher::fail);
  }

  /** Names a run so that nobody has to look it up by another name again. */
  static WorkflowKey key(RunKey key) {
    return WorkflowKey.newBuilder().setNamespace(key.namespace()).setId(key.runId()).build();
  }
}
