// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import java.time.Instant;

/** What the tries around an error make of it. */
sealed interface Handling {

  /** The try at this depth begins anew at this time. */
  record Again(int depth, Instant due) implements Handling {}

  /** The try at this depth handles it; ofRetries says that it had a retry policy, now used up. */
  record Handled(int depth, WorkflowError error, boolean retried) implements Handling {}

  /** Nobody does. */
  record Uncaught(WorkflowError error) implements Handling {}
}
