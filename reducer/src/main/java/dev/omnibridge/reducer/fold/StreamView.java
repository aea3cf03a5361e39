// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the events of one stream add up to. */
public sealed interface StreamView {
  /** Version of the stream folded in; 0 before its first event. */
  long version();

  /** The same at a later version, when an event changes nothing else. */
  StreamView at(long version);

  /**
   * A workflow.
   *
   * @param steps steps with a recorded outcome
   * @param degraded those of them that went on with a fallback
   * @param anomalies events that did not fit
   */
  record Workflow(
      long version,
      Phase phase,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      long steps,
      long degraded,
      long anomalies)
      implements StreamView {

    /** Before the first event. */
    public static final Workflow NONE = new Workflow(0, Phase.ABSENT, null, null, 0, 0, 0);

    @Override
    public Workflow at(long next) {
      return new Workflow(next, phase, startedAt, endedAt, steps, degraded, anomalies);
    }

    Workflow begun(Instant at) {
      return new Workflow(version, Phase.PENDING, at, endedAt, steps, degraded, anomalies);
    }

    Workflow moved(Phase next) {
      return new Workflow(version, next, startedAt, endedAt, steps, degraded, anomalies);
    }

    Workflow stepped(boolean isDegraded) {
      long marked = degraded + (isDegraded ? 1 : 0);
      return new Workflow(version, phase, startedAt, endedAt, steps + 1, marked, anomalies);
    }

    Workflow ended(Instant at) {
      return new Workflow(version, phase, startedAt, at, steps, degraded, anomalies);
    }

    Workflow refused() {
      return new Workflow(version, phase, startedAt, endedAt, steps, degraded, anomalies + 1);
    }
  }

  /** A stamped file with the size of its newest revision. */
  record Stamp(long version, long size) implements StreamView {

    /** Before the first event. */
    public static final Stamp NONE = new Stamp(0, 0);

    @Override
    public Stamp at(long next) {
      return new Stamp(next, size);
    }

    Stamp resized(long newSize) {
      return new Stamp(version, newSize);
    }
  }
}
