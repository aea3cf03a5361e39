// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.report;

import dev.omnibridge.testkit.ThisRun;
import dev.omnibridge.testkit.report.Reporter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * Tells what was measured and which tests failed when the last test of this JVM has ended. JUnit
 * finds it by itself. A report that cannot be written, or a regression that should be one, is a
 * failure of the run.
 */
public final class ReportAtTheEnd implements BeforeAllCallback, AfterAllCallback, TestWatcher {
  private static final Namespace OWN = Namespace.create(ReportAtTheEnd.class);

  /** Kept by JUnit until the last test has ended, and closed then. */
  private record Run(Queue<String> failed) implements AutoCloseable {

    static Run of(ExtensionContext context) {
      return context
          .getRoot()
          .getStore(OWN)
          .computeIfAbsent(Run.class, _ -> new Run(new ConcurrentLinkedQueue<>()), Run.class);
    }

    void failed(ExtensionContext context) {
      var owner = context.getRequiredTestClass().getSimpleName();
      failed.add(context.getTestMethod().map(test -> owner + "." + test.getName()).orElse(owner));
    }

    @Override
    public void close() throws Exception {
      var labels = new TreeMap<>(ThisRun.labels());
      if (isWatched()) {
        labels.computeIfPresent("infrastructure", (_, own) -> own + " with coverage");
      }
      Reporter.report(ThisRun.measured(), labels, List.copyOf(failed));
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    var unused = Run.of(context);
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    Run.of(context).failed(context);
  }

  /** Counts what fails beside the tests of a class, such as a deployment that does not start. */
  @Override
  public void afterAll(ExtensionContext context) {
    context
        .getExecutionException()
        .filter(failure -> !(failure instanceof TestAbortedException))
        .ifPresent(_ -> Run.of(context).failed(context));
  }

  /** An agent that counts lines takes time: such figures are no match for those without it. */
  private static boolean isWatched() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(argument -> argument.startsWith("-javaagent:") && argument.contains("jacoco"));
  }
}
