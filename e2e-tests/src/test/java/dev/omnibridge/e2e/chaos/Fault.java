// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.time.Duration;

/**
 * One entry of a schedule.
 *
 * @param at when it begins, from the beginning of the schedule
 * @param salt decides what is left to chance when it is done, like where a connection is cut
 */
record Fault(Duration at, Target target, FaultKind kind, Duration length, int salt) {
  Fault begunAt(Duration other) {
    return new Fault(other, target, kind, length, salt);
  }

  Duration end() {
    return at.plus(length);
  }

  /** From when on the target may be struck again. */
  Duration over() {
    return end().plus(kind.rest());
  }

  @Override
  public String toString() {
    return "%6.2f s  %-8s %-20s for %4d ms"
        .formatted(at.toMillis() / 1000.0, kind, target, length.toMillis());
  }
}
