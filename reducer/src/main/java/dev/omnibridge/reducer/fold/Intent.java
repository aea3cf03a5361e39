// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Instant;

/** What the fold wants to be recorded besides the states. */
public sealed interface Intent {

  /** A state machine moved. */
  record Transition(StreamKey stream, long version, Phase from, Phase to, String cause, Instant at)
      implements Intent {}

  /** An event did not fit: it is counted and told, and changes nothing else. */
  record Anomaly(StreamKey stream, long version, String reason) implements Intent {}
}
