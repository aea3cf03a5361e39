// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Skips the stories that this run has no way for, and stops at its end what they shared. After a
 * story that failed, and may have left a server stopped, the next ones get new servers and
 * deployments.
 */
final class StoryRules
    implements ExecutionCondition, BeforeAllCallback, AfterAllCallback, TestWatcher {

  /** Kept by JUnit until the last test has ended, and closed then. */
  private static final class Run implements AutoCloseable {
    private boolean failed;

    static Run of(ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(StoryRules.class))
          .computeIfAbsent(Run.class, _ -> new Run(), Run.class);
    }

    void renewAfterFailure() throws Exception {
      if (failed) {
        failed = false;
        try {
          close();
        } finally {
          Infrastructure.chosen().close();
        }
      }
    }

    @Override
    public void close() throws Exception {
      SharedDeployments.close();
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return WaysToRun.of(context).isEmpty()
        ? disabled("not told on infrastructure " + Infrastructure.chosen().kind())
        : enabled("");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Run.of(context).renewAfterFailure();
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    Run.of(context).failed = true;
  }

  /** What fails beside the tests of a class, such as a deployment that does not start. */
  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      Run.of(context).failed = true;
    }
  }
}
