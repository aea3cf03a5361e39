// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Definitions.Pinned;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the runs in memory hold together with their definitions, as {@link Weight} estimates it, and
 * how much that may be: {@link Settings#maxHeld()}. When it is taken, nothing more comes in until
 * something ends or leaves; what is in goes on, so a run that is too large for all of it is alone
 * and ends, too. Meanwhile whatever only waits does so in the log, also the only one: otherwise one
 * that is too large and waits a little, again and again, would keep everybody else out.
 *
 * <p>It may be a quarter of the heap, because it is an estimate, what came in last is counted when
 * it is in, and every append and load holds the same once more, as text.
 */
final class Room {
  /** As large as a run is when it holds its 256 KiB of small values in five different versions. */
  private static final long LARGE_RUN = 16L << 20;

  private static final int MOST_LOADS = 32;

  /** What a definition takes, compiled: 12 to 25 times its text. */
  private static final long TIMES_ITS_TEXT = 20;

  private final long most;

  /** How many runs in memory have a definition, and how many submissions bring its text. */
  private final Map<String, Integer> definitions = new HashMap<>();

  private long held;

  Room(long most) {
    this.most = most;
  }

  void change(long bytes) {
    held += bytes;
  }

  /** A run is in memory, and its definition with it, once for all its runs. */
  void entered(Pinned definition) {
    entered(definition.hash(), definition.text());
  }

  void left(Pinned definition) {
    left(definition.hash(), definition.text());
  }

  /** A text is here that will be read as a definition, once for all who bring the same. */
  void entered(String hash, String text) {
    if (definitions.merge(hash, 1, Integer::sum) == 1) {
      change(TIMES_ITS_TEXT * text.length());
    }
  }

  void left(String hash, String text) {
    if (definitions.merge(hash, -1, Room::orNone) == null) {
      change(-TIMES_ITS_TEXT * text.length());
    }
  }

  private static @Nullable Integer orNone(int count, int change) {
    return count + change == 0 ? null : count + change;
  }

  /** Whether there is none for another run, and one that only waits had better wait in the log. */
  boolean taken() {
    return held >= most;
  }

  /**
   * How many runs are loaded at once. What a run holds is known only when it is there: as many
   * large ones as this take the same room once more at most.
   */
  int loads() {
    return Math.clamp(most / LARGE_RUN, 1, MOST_LOADS);
  }
}
