// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

/** An expression that compiled but did not give one value for this input. */
public final class ExpressionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  ExpressionFailure(String pointer, String message) {
    super(message, null, false, false);
    this.pointer = pointer;
  }

  /** Where in the definition the expression stands. */
  public String pointer() {
    return pointer;
  }
}
