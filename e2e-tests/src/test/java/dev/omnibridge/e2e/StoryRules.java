// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Skips the stories that this run has no way for, and stops at its end what they shared. */
final class StoryRules implements ExecutionCondition, BeforeAllCallback {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return WaysToRun.of(context).isEmpty()
        ? disabled("not told on infrastructure " + Infrastructure.chosen().kind())
        : enabled("");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // What the root's store holds is closed after the last test of the run, before the JVM ends.
    var unused =
        context
            .getRoot()
            .getStore(Namespace.create(StoryRules.class))
            .computeIfAbsent(
                SharedDeployments.class, _ -> (AutoCloseable) SharedDeployments::close);
  }
}
