// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

/** Where the flow goes after a task. */
public sealed interface Flow {

  /** To the next task of the list. */
  record Continue() implements Flow {}

  /** To the end of the list the task stands in; in a loop that is the end of this round. */
  record Exit() implements Flow {}

  /** To the end of the workflow. */
  record End() implements Flow {}

  /** To a task of the same list, by its position. */
  record To(int index) implements Flow {}
}
