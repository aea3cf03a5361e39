// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.run.TaskRunner;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.Outcome;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.orchestrator.workflow.WorkflowError;
import dev.omnibridge.orchestrator.workflow.WorkflowError.Kind;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Makes one kind of call to one service; a failure becomes an outcome by the policy of the call.
 */
final class GrpcRunner implements TaskRunner {
  private final CalledService service;
  private final CallPolicy policy;
  private final Method method;

  GrpcRunner(CalledService service, CallPolicy policy, Method method) {
    this.service = service;
    this.policy = policy;
    this.method = method;
  }

  /** Turns a task into a request, calls, and turns the answer into a result. */
  interface Method {
    Future<JsonNode> call(Task task, Duration deadline);
  }

  @Override
  public CompletionStage<Outcome> run(Task task) {
    Duration deadline = task.deadline() == null ? service.deadline() : task.deadline();
    return service
        .call(task.wanted(), deadline, () -> method.call(task, deadline))
        .<Outcome>map(Outcome.Completed::new)
        .recover(failure -> outcome(Statuses.told(failure)))
        .toCompletionStage();
  }

  /** What a workflow can do without is not waited for once it is known to be away. */
  private Future<Outcome> outcome(Fault fault) {
    if (!fault.is(NOT_MADE)) {
      return Future.succeededFuture(new Outcome.Failed(error(fault), retryable(fault), policy));
    }
    return policy.kind() == TaskKind.OPTIONAL
        ? Future.succeededFuture(new Outcome.Degraded(policy.fallback(), fault.sentence()))
        : Future.failedFuture(fault);
  }

  @Override
  public Duration refusing() {
    return policy.kind() == TaskKind.OPTIONAL ? Duration.ZERO : service.refusing();
  }

  /** Nobody here cancels a call: one that is cancelled was given up by what stands in between. */
  private static boolean retryable(Fault fault) {
    return fault.kind().worthRetrying()
        || fault.kind() == Fault.Kind.BROKEN
        || fault.kind() == Fault.Kind.CANCELLED;
  }

  private static WorkflowError error(Fault fault) {
    return switch (fault.kind()) {
      case INVALID, OUT_OF_RANGE -> error(Kind.VALIDATION, 400, fault);
      case NOT_FOUND -> error(Kind.COMMUNICATION, 404, fault);
      case EXISTS, REFUSED, CONFLICT -> error(Kind.COMMUNICATION, 409, fault);
      case EXHAUSTED -> error(Kind.COMMUNICATION, 429, fault);
      case UNAVAILABLE -> error(Kind.COMMUNICATION, 503, fault);
      case TIMEOUT -> error(Kind.TIMEOUT, 408, fault);
      case CANCELLED, BROKEN -> error(Kind.RUNTIME, 500, fault);
    };
  }

  private static WorkflowError error(Kind kind, int status, Fault fault) {
    return new WorkflowError(kind.type(), status, fault.reason(), fault.sentence(), null);
  }
}
