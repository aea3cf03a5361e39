// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

/** What a run has used so far: events in its history, calls with an outcome, degraded ones. */
public record Tally(long events, int steps, int degraded) {
  static final Tally NONE = new Tally(0, 0, 0);

  Tally event() {
    return new Tally(events + 1, steps, degraded);
  }

  Tally step(boolean wasDegraded) {
    return new Tally(events + 1, steps + 1, wasDegraded ? degraded + 1 : degraded);
  }
}
