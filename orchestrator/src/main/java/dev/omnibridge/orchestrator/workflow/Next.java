// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import java.time.Instant;

/** What a run that has not ended is waiting for. */
public sealed interface Next {

  /** The outcome of a call. */
  record Call(PendingCall call) implements Next {}

  /** A time, to go on from where it is. */
  record Rest(Instant due) implements Next {}

  /** Nothing: the events that end the run follow in the same append. */
  record Nothing() implements Next {}
}
