// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/** How bad the world is at the moment; all rates are in per cent. */
final class Faults {
  private final Random random;

  /** A request to the log, or its answer, gets lost. */
  int lost;

  /** A request to the log, or its answer, takes up to 20 s. */
  int late;

  /** How long a request to the log, or its answer, takes at most when it is not late. */
  int logMillis = 5;

  /** A request to the log takes effect twice. */
  int doubled;

  /** A call of a task fails, and sometimes breaks its runner. */
  int failing;

  /** An essential call is not made. */
  int refusing;

  /** A call of a task takes up to 30 s. */
  int slow;

  /** Whether any wake-up or notice of a change ever arrives. */
  boolean wakesArrive = true;

  /** Whether nodes hear of a new view, or have to look. */
  boolean changesArrive = true;

  /** A wake-up is lost, late, or doubled. */
  int wakesWrong;

  Instant logAwayUntil = Instant.EPOCH;

  /** The last time at which anything went wrong that costs time. */
  private Instant lastTrouble = Instant.EPOCH;

  Faults(Random random) {
    this.random = random;
  }

  boolean happens(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  Duration millis(int atMost) {
    return Duration.ofMillis(random.nextInt(atMost + 1));
  }

  /** From now on everything works, except what never arrives in the whole simulation. */
  void end() {
    lost = 0;
    late = 0;
    doubled = 0;
    logMillis = 5;
    failing = 0;
    refusing = 0;
    slow = 0;
    wakesWrong = 0;
    logAwayUntil = Instant.EPOCH;
  }

  void trouble(Instant at) {
    lastTrouble = at.isAfter(lastTrouble) ? at : lastTrouble;
  }

  Instant lastTrouble() {
    return lastTrouble;
  }
}
