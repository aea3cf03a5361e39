// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.e2e.chaos.Kept.Totals;

/** How events add up to totals, counted anew and by nobody else's rules. */
final class Sums {
  private Sums() {}

  /** What one event adds; the bytes of stamps are not additive and stay out of it. */
  static Totals of(Logged.Event event) {
    boolean move = event.is("workflow.state-transition.v1");
    String to = event.facts().to();
    boolean step = event.is("workflow.step-completed.v1");
    return new Totals(
        one(event.is("workflow.started.v1")),
        one(move && to.equals("COMPLETED")),
        one(move && to.equals("FAILED")),
        one(move && (to.equals("CANCELLED") || to.equals("TERMINATED"))),
        one(step),
        one(step && event.facts().status().equals("degraded")),
        one(event.is("metadata.stamp-created.v1")),
        0,
        1,
        0);
  }

  private static long one(boolean yes) {
    return yes ? 1 : 0;
  }

  static Totals plus(Totals a, Totals b) {
    return new Totals(
        a.started() + b.started(),
        a.completed() + b.completed(),
        a.failed() + b.failed(),
        a.cancelled() + b.cancelled(),
        a.steps() + b.steps(),
        a.degraded() + b.degraded(),
        a.stamps() + b.stamps(),
        a.bytes() + b.bytes(),
        a.events() + b.events(),
        a.anomalies() + b.anomalies());
  }

  static Totals withBytes(Totals sum, long bytes) {
    return new Totals(
        sum.started(),
        sum.completed(),
        sum.failed(),
        sum.cancelled(),
        sum.steps(),
        sum.degraded(),
        sum.stamps(),
        bytes,
        sum.events(),
        sum.anomalies());
  }
}
