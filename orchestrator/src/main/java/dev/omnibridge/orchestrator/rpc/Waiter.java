// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.api.workflow.v1.WaitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.orchestrator.run.Hints;
import dev.omnibridge.orchestrator.run.RunRow;
import dev.omnibridge.orchestrator.store.Rows;
import dev.omnibridge.orchestrator.store.WorkflowLog;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits for the end of one run: woken by hints of this process, and reading the row every second
 * besides, because a hint may be lost and the run may live elsewhere.
 */
final class Waiter {
  private static final long REREAD_MILLIS = 1000;

  /** What nobody here can have noticed, because this process stood still, is found out then. */
  private static final long FIRST_READ_OF_KNOWN_MILLIS = 100;

  private static final Duration READ_LIMIT = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final WorkflowLog log;
  private final Lookup lookup;
  private final Promise<WaitWorkflowResponse> answer = Promise.promise();
  private final List<Runnable> cleanUp = new ArrayList<>();
  private final boolean known;
  private WorkflowRow row;

  /** Known is a run that goes on in this process: a hint tells if it ends from now on. */
  Waiter(Vertx vertx, WorkflowLog log, Lookup lookup, WorkflowRow row, boolean known) {
    this.vertx = vertx;
    this.log = log;
    this.lookup = lookup;
    this.row = row;
    this.known = known;
  }

  /** Waits; an answer from elsewhere that says the run has ended is as good as a hint. */
  Future<WaitWorkflowResponse> await(
      Hints hints, Duration limit, CallScope scope, Future<WaitWorkflowResponse> fromElsewhere) {
    fromElsewhere.onSuccess(response -> {
      if (response.getFinished()) {
        answer.tryComplete(response);
      }
    });
    Hints.Subscription subscription = hints.listen(row.getRunId(), this::hinted);
    long rereading =
        vertx.setPeriodic(known ? FIRST_READ_OF_KNOWN_MILLIS : 1, REREAD_MILLIS, _ -> reread());
    long end = vertx.setTimer(Math.max(1, limit.toMillis()), _ -> give());
    cleanUp.add(subscription::close);
    cleanUp.add(() -> vertx.cancelTimer(rereading));
    cleanUp.add(() -> vertx.cancelTimer(end));
    var context = vertx.getOrCreateContext();
    cleanUp.add(scope.onCancelled(() -> context.runOnContext(_ -> give())));
    return answer.future().andThen((_, _) -> cleanUp.forEach(Runnable::run));
  }

  private void hinted(RunRow moved) {
    if (moved.finished()) {
      answer.tryComplete(response(Lookup.view(moved), true));
    } else {
      row = Rows.message(moved);
    }
  }

  private void reread() {
    log.byRunId(row.getNamespace(), row.getRunId(), READ_LIMIT)
        .onSuccess(stored -> {
          row = stored.getRow().getVersion() < row.getVersion() ? row : stored.getRow();
          if (row.getFinished()) {
            give();
          }
        });
  }

  /**
   * Answers with what is known; a run whose row cannot be read is not a reason to fail the wait.
   */
  private void give() {
    lookup.view(row).onSuccess(view -> answer.tryComplete(response(view, row.getFinished())));
  }

  static WaitWorkflowResponse response(Workflow workflow, boolean finished) {
    return WaitWorkflowResponse.newBuilder().setWorkflow(workflow).setFinished(finished).build();
  }
}
