// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator;

import dev.omnibridge.orchestrator.run.Settings;
import dev.omnibridge.orchestrator.task.SuiteTasks.Terms;
import dev.omnibridge.orchestrator.workflow.Limits;
import dev.omnibridge.runtime.Env;
import dev.omnibridge.runtime.resilience.Breaker;
import java.time.Duration;

/** Everything the orchestrator can be told from outside, with its defaults. */
public record OrchestratorConfig(
    Duration logTimeout,
    Terms stamping,
    Terms intelligence,
    Settings settings,
    Duration stopTimeout) {

  /** The configuration of an environment; throws with every problem when there is any. */
  public static OrchestratorConfig from(Env env) {
    return env.check(
        new OrchestratorConfig(
            env.duration("ORCHESTRATOR_LOG_TIMEOUT", Duration.ofSeconds(5)),
            new Terms(
                env.duration("ORCHESTRATOR_STAMPING_TIMEOUT", Duration.ofSeconds(5)),
                env.integer("ORCHESTRATOR_STAMPING_RETRIES", 3, 0, 100),
                env.durationOrZero("ORCHESTRATOR_STAMPING_RETRY_PAUSE", Duration.ofSeconds(1)),
                env.integer("ORCHESTRATOR_STAMPING_MAX_CALLS", 64, 1, 10_000),
                new Breaker.Settings(
                    env.integer("ORCHESTRATOR_STAMPING_BREAKER_FAILURES", 5, 1, 10_000),
                    env.duration("ORCHESTRATOR_STAMPING_PROBE_AFTER", Duration.ofSeconds(30)),
                    env.integer("ORCHESTRATOR_STAMPING_BREAKER_SUCCESSES", 3, 1, 10_000))),
            new Terms(
                env.duration("ORCHESTRATOR_INTELLIGENCE_TIMEOUT", Duration.ofMillis(500)),
                env.integer("ORCHESTRATOR_INTELLIGENCE_RETRIES", 1, 0, 100),
                env.durationOrZero("ORCHESTRATOR_INTELLIGENCE_RETRY_PAUSE", Duration.ofMillis(200)),
                env.integer("ORCHESTRATOR_INTELLIGENCE_MAX_CALLS", 64, 1, 10_000),
                new Breaker.Settings(
                    env.integer("ORCHESTRATOR_INTELLIGENCE_BREAKER_FAILURES", 5, 1, 10_000),
                    env.duration("ORCHESTRATOR_INTELLIGENCE_PROBE_AFTER", Duration.ofSeconds(30)),
                    env.integer("ORCHESTRATOR_INTELLIGENCE_BREAKER_SUCCESSES", 3, 1, 10_000))),
            new Settings(
                env.integer("ORCHESTRATOR_MAX_ACTIVE", 10_000, 1, 1_000_000),
                Settings.A_QUARTER_OF_THE_HEAP,
                env.integer("ORCHESTRATOR_SNAPSHOT_EVERY", 50, 2, 10_000),
                env.duration("ORCHESTRATOR_POLL_EVERY", Duration.ofSeconds(1)),
                env.duration("ORCHESTRATOR_RESCAN_EVERY", Duration.ofSeconds(30)),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Limits.DEFAULT),
            env.duration("ORCHESTRATOR_STOP_TIMEOUT", Duration.ofSeconds(5))));
  }
}
