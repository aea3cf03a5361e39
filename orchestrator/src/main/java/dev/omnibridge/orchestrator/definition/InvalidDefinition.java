// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import java.util.List;
import java.util.stream.Collectors;

/** A definition that cannot be run; carries every problem found, in the order of the text. */
public final class InvalidDefinition extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidDefinition(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
