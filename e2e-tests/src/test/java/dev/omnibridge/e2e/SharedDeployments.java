// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** One deployment per way, started by the first who asks. */
final class SharedDeployments {
  /**
   * How long a workflow waits for an analysis is told in a story of its own. Here a machine that is
   * busy for half a second shows in what was measured, and in nothing else.
   */
  static final Map<String, String> PATIENT = Map.of("ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "10s");

  private static final Map<Way, Deployment> RUNNING = new EnumMap<>(Way.class);
  private static final Set<Way> WARM = EnumSet.noneOf(Way.class);
  private static final Map<Way, Exception> FAILED = new EnumMap<>(Way.class);

  private SharedDeployments() {}

  static synchronized Deployment get(Way way) {
    return RUNNING.computeIfAbsent(way, SharedDeployments::start);
  }

  /**
   * After its intelligence has answered in time, and after hundreds of workflows, once: what is
   * measured then is a suite that has been running for a while, as users have it.
   */
  static synchronized Deployment warm(Way way) throws Exception {
    Deployment deployment = get(way);
    if (!WARM.contains(way)) {
      var runs = new Runs(deployment.stack(), "warm-up");
      runs.awaitIntelligence();
      runs.manySideBySide();
      WARM.add(way);
    }
    return deployment;
  }

  /** One that did not start does not start for the next test of the same story either. */
  private static Deployment start(Way way) {
    Exception before = FAILED.get(way);
    if (before != null) {
      throw new IllegalStateException("The shared deployment did not start before", before);
    }
    try {
      return switch (way) {
        case ONE_PROCESS -> stoppedWithTheJvm(OneSuite.start("shared", PATIENT));
        case FIVE_PROCESSES ->
            FiveProcesses.start("shared", Infrastructure.chosen().servers(), PATIENT);
      };
    } catch (Exception failure) {
      FAILED.put(way, failure);
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
    WARM.clear();
    FAILED.clear();
    Closing.all(running.values().toArray(AutoCloseable[]::new));
  }
}
