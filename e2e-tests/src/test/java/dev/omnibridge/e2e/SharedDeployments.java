// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import java.util.EnumMap;
import java.util.Map;

/** One deployment per way, started by the first who asks, for all who only look. */
final class SharedDeployments {
  /**
   * How long a workflow waits for an analysis is told in a story of its own. Here a machine that is
   * busy for half a second shows in what was measured, and in nothing else.
   */
  static final Map<String, String> PATIENT = Map.of("ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "10s");

  private static final Map<Way, Deployment> RUNNING = new EnumMap<>(Way.class);

  private SharedDeployments() {}

  static synchronized Deployment get(Way way) {
    return RUNNING.computeIfAbsent(way, SharedDeployments::start);
  }

  private static Deployment start(Way way) {
    try {
      return switch (way) {
        case ONE_PROCESS -> stoppedWithTheJvm(OneSuite.start("shared", PATIENT));
        case FIVE_PROCESSES ->
            FiveProcesses.start("shared", Infrastructure.chosen().shared(), PATIENT);
      };
    } catch (Exception failure) {
      throw new IllegalStateException("The shared deployment did not start", failure);
    }
  }

  /** For tests that are no stories, at whose end nobody closes it otherwise. */
  private static Deployment stoppedWithTheJvm(OneSuite suite) {
    Runtime.getRuntime().addShutdownHook(new Thread(suite::close, "stop-suite"));
    return suite;
  }

  /** Stops what runs; who asks afterwards gets new ones. */
  static synchronized void close() throws Exception {
    var running = Map.copyOf(RUNNING);
    RUNNING.clear();
    Closing.all(running.values().toArray(AutoCloseable[]::new));
  }
}
