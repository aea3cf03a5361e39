// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.task;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.omnibridge.orchestrator.definition.RetryPolicy;
import dev.omnibridge.orchestrator.run.TaskRunner;
import dev.omnibridge.orchestrator.run.World;
import dev.omnibridge.orchestrator.workflow.Command.CallPolicy;
import dev.omnibridge.orchestrator.workflow.Command.TaskKind;
import dev.omnibridge.runtime.metrics.Metrics;
import dev.omnibridge.runtime.resilience.Breaker;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The functions of the suite: stamp and verify are essential, analyze is optional. */
public final class SuiteTasks implements World.Tasks {
  private final Map<String, TaskRunner> runners;
  private final List<CalledService> services;

  /**
   * What a service may take.
   *
   * @param deadline of one attempt, unless the workflow sets another
   * @param retries after the first attempt, with a pause that doubles from the given one
   * @param breaker when a service that failed again and again is left alone, and until when
   */
  public record Terms(
      Duration deadline, int retries, Duration pause, int maxUnderWay, Breaker.Settings breaker) {}

  /** Calls from one context, on which its turns run. */
  public SuiteTasks(
      Channel stamping,
      Terms stampingTerms,
      Channel intelligence,
      Terms intelligenceTerms,
      Executor turns) {
    CalledService stamps = service("stamping-service", stamping, stampingTerms, turns);
    CalledService minds = service("intelligence-service", intelligence, intelligenceTerms, turns);
    CallPolicy essential =
        new CallPolicy(
            TaskKind.ESSENTIAL,
            RetryPolicy.doubling(stampingTerms.retries(), stampingTerms.pause()),
            NullNode.instance);
    CallPolicy optional =
        new CallPolicy(
            TaskKind.OPTIONAL,
            RetryPolicy.doubling(intelligenceTerms.retries(), intelligenceTerms.pause()),
            IntelligenceCalls.fallback());
    services = List.of(stamps, minds);
    StampingCalls stampCalls = new StampingCalls(stamps.channel());
    IntelligenceCalls mindCalls = new IntelligenceCalls(minds.channel());
    runners =
        Map.of(
            "stamp", new GrpcRunner(stamps, essential, stampCalls::stamp),
            "verify", new GrpcRunner(stamps, essential, stampCalls::verify),
            "analyze", new GrpcRunner(minds, optional, mindCalls::analyze));
  }

  private static CalledService service(String name, Channel channel, Terms terms, Executor turns) {
    return new CalledService(
        name, channel, terms.deadline(), terms.maxUnderWay(), terms.breaker(), turns);
  }

  /** Tells as metrics whether the services are called. */
  public void measured(Metrics metrics) {
    services.forEach(service -> service.measured(metrics));
  }

  @Override
  public boolean knows(String function) {
    return runners.containsKey(function);
  }

  @Override
  public TaskRunner runner(String function) {
    TaskRunner runner = runners.get(function);
    if (runner == null) {
      throw new IllegalArgumentException("There is no runner for " + function);
    }
    return runner;
  }
}
