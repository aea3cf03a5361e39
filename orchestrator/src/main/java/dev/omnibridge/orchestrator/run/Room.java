// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

/**
 * What the runs in memory hold together, as {@link Weight} estimates it, and how much that may be:
 * {@link Settings#maxHeld()}. When it is taken, nothing more comes in until something ends or
 * leaves; what is in goes on, so a run that is too large for all of it is alone and ends, too.
 *
 * <p>It may be a quarter of the heap, because it is an estimate, what came in last is counted when
 * it is in, and every append and load holds the same once more, as text.
 */
final class Room {
  /** As large as a run is when it holds its 256 KiB of small values in five different versions. */
  private static final long LARGE_RUN = 16L << 20;

  private static final int MOST_LOADS = 32;

  private final long most;
  private long held;
  private int runs;

  Room(long most) {
    this.most = most;
  }

  void change(long bytes) {
    held += bytes;
  }

  void entered() {
    runs++;
  }

  void left() {
    runs--;
  }

  /** Whether there is none for another run. */
  boolean taken() {
    return held >= most;
  }

  /** Whether a run that only waits had better wait in the log, for others to come in. */
  boolean crowded() {
    return taken() && runs > 1;
  }

  /**
   * How many runs are loaded at once. What a run holds is known only when it is there: as many
   * large ones as this take the same room once more at most.
   */
  int loads() {
    return Math.clamp(most / LARGE_RUN, 1, MOST_LOADS);
  }
}
