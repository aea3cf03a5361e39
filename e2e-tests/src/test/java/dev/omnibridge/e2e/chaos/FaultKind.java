// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.time.Duration;

/**
 * What can be done to a target, how long it lasts, and how long the target is left alone afterwards
 * so that it can come back.
 */
enum FaultKind {
  /** SIGKILL; started again at the end. */
  KILL(100, 1_500, 5_000),
  /** SIGTERM; started again when it is gone. */
  RESTART(100, 200, 6_000),
  /** SIGSTOP; SIGCONT at the end. */
  PAUSE(500, 3_500, 1_000),
  /** Nobody is at home: connections are reset, new ones refused. */
  REFUSE(300, 2_500, 500),
  /** Nothing is delivered, in neither direction; at the end all of it, late. */
  SWALLOW(300, 3_000, 500),
  /** Open connections are dead, new ones work. */
  STRAND(300, 3_000, 500),
  /** Connections are reset, and one of the next ones again in the middle of what it carries. */
  CUT(500, 1_000, 200);

  private final long leastMillis;
  private final long mostMillis;
  private final long restMillis;

  FaultKind(long leastMillis, long mostMillis, long restMillis) {
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
    this.restMillis = restMillis;
  }

  long leastMillis() {
    return leastMillis;
  }

  long mostMillis() {
    return mostMillis;
  }

  Duration rest() {
    return Duration.ofMillis(restMillis);
  }
}
