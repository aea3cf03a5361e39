// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Duration;

/** What one event adds to the totals of its namespace. */
public sealed interface Change {
  /** A workflow began. */
  record Began() implements Change {}

  /** A workflow moved to its end. */
  record Finished(Phase outcome) implements Change {}

  /** The time from a workflow's start to its end. */
  record Lasted(Duration time) implements Change {}

  /** A step has an outcome. */
  record Stepped(boolean degraded) implements Change {}

  /** A file counts for the first time. */
  record Added(long size, String fileType) implements Change {}

  /** A file that counts has another size; negative when it shrank. */
  record Resized(long difference) implements Change {}

  /** An event that did not fit its stream. */
  record Refused() implements Change {}

  /** Nothing but one more event. */
  record Nothing() implements Change {}
}
