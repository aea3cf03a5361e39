// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * For each class that uses {@link Deployment#shared}: after one that failed, and may have left a
 * server stopped, the next gets new servers and deployments; at the end of the run they are closed.
 */
final class Renewal
    implements BeforeAllCallback, BeforeClassTemplateInvocationCallback, TestWatcher {

  /** Kept by JUnit until the last test has ended, and closed then. */
  private static final class Run implements AutoCloseable {
    private boolean failed;

    /** Until one of its tests has ended: what fails before, nobody is told of otherwise. */
    private boolean begun;

    static Run of(ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(Renewal.class))
          .computeIfAbsent(Run.class, _ -> new Run(), Run.class);
    }

    void ended(boolean well) {
      begun = false;
      failed |= !well;
    }

    /** What does not stop is told, and is nothing for which the next story could be blamed. */
    void renewAfterFailure() {
      if (!failed && !begun) {
        return;
      }
      failed = false;
      begun = false;
      try {
        close();
      } catch (Exception | AssertionError failure) {
        System.out.printf("What a story that failed has left did not stop: %s%n", failure);
      }
      try {
        Infrastructure.chosen().close();
      } catch (RuntimeException failure) {
        System.out.printf("Servers of a story that failed did not stop: %s%n", failure);
      }
    }

    @Override
    public void close() throws Exception {
      SharedDeployments.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Run.of(context).renewAfterFailure();
  }

  @Override
  public void beforeClassTemplateInvocation(ExtensionContext context) {
    var run = Run.of(context);
    run.failed |= run.begun;
    run.begun = true;
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    Run.of(context).ended(true);
  }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    Run.of(context).ended(true);
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    Run.of(context).ended(false);
  }
}
