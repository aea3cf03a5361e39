// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import dev.omnibridge.e2e.infrastructure.Infrastructure;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the stories that this run has no way for. */
final class StoryRules implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return WaysToRun.of(context).isEmpty()
        ? disabled("not told on infrastructure " + Infrastructure.chosen().kind())
        : enabled("");
  }
}
