// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import dev.omnibridge.orchestrator.definition.ExpressionFailure;

/** An error on its way out through the frames of a run. */
final class Raised extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient WorkflowError error;

  Raised(WorkflowError error) {
    super(error.title(), null, false, false);
    this.error = error;
  }

  static Raised of(WorkflowError.Kind kind, String detail, String pointer) {
    return new Raised(WorkflowError.of(kind, detail, pointer));
  }

  static Raised of(ExpressionFailure failure, String pointer) {
    String detail = "%s: %s".formatted(failure.pointer(), failure.getMessage());
    return of(WorkflowError.Kind.EXPRESSION, detail, pointer);
  }

  WorkflowError error() {
    return error;
  }
}
