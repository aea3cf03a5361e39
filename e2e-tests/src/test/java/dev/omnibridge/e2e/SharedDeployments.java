// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One deployment per way, started by the first who asks. */
final class SharedDeployments {
  /**
   * How long a workflow waits for an analysis is told in a story of its own. Here a machine that is
   * busy for half a second shows in what was measured, and in nothing else.
   */
  static final Map<String, String> PATIENT = Map.of("ORCHESTRATOR_INTELLIGENCE_TIMEOUT", "10s");

  private static final Map<Way, Deployment> RUNNING = new EnumMap<>(Way.class);

  /** Whose code is warm: that lasts as long as this JVM, or the processes. */
  private static final Set<Way> WARM = EnumSet.noneOf(Way.class);

  /** Which of those that run have done some work. */
  private static final Set<Way> READY = EnumSet.noneOf(Way.class);

  private static final int A_FEW = 60;
  private static final Map<Way, Exception> FAILED = new EnumMap<>(Way.class);

  /** For tests that are no stories, at whose end nobody closes it otherwise. */
  private static volatile @Nullable OneSuite stoppedWithTheJvm;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(SharedDeployments::stopAtTheEnd, "stop-suite"));
  }

  private SharedDeployments() {}

  static synchronized Deployment get(Way way) {
    return RUNNING.computeIfAbsent(way, SharedDeployments::start);
  }

  /**
   * After its intelligence has answered in time, and after hundreds of workflows, once: what is
   * measured then is a suite that has been running for a while, as users have it. Five processes
   * are measured without another suite beside them, which would wake a thousand times a second for
   * nothing; whoever asks for the one process later gets a new one, whose code is still warm and
   * which has run some dozens.
   */
  static synchronized Deployment warm(Way way) throws Exception {
    if (way == Way.FIVE_PROCESSES) {
      stopOneProcess();
    }
    Deployment deployment = get(way);
    if (!READY.contains(way)) {
      var runs = new Runs(deployment.stack(), "warm-up");
      runs.awaitIntelligence();
      if (WARM.add(way)) {
        runs.manySideBySide();
      } else {
        runs.sideBySide(A_FEW);
      }
      OwnEvents.awaitQuiet(deployment.stack());
      READY.add(way);
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

  private static OneSuite stoppedWithTheJvm(OneSuite suite) {
    stoppedWithTheJvm = suite;
    return suite;
  }

  /** Without the lock, which a start that hangs would not let go. */
  private static void stopAtTheEnd() {
    OneSuite suite = stoppedWithTheJvm;
    if (suite != null) {
      suite.close();
    }
  }

  private static void stopOneProcess() throws Exception {
    Deployment one = RUNNING.remove(Way.ONE_PROCESS);
    if (one != null) {
      READY.remove(Way.ONE_PROCESS);
      one.close();
    }
  }

  /** Stops what runs; who asks afterwards gets new ones. */
  static synchronized void close() throws Exception {
    var running = Map.copyOf(RUNNING);
    RUNNING.clear();
    WARM.clear();
    READY.clear();
    FAILED.clear();
    Closing.all(running.values().toArray(AutoCloseable[]::new));
  }
}
