// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

/** An event that cannot follow on a state: a bug, or a damaged log. Never a user's mistake. */
public final class CorruptHistory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptHistory(Workflow now, Event event) {
    super(
        "%s cannot follow on %s"
            .formatted(event.getClass().getSimpleName(), now.getClass().getSimpleName()));
  }

  CorruptHistory(String message) {
    super(message);
  }
}
