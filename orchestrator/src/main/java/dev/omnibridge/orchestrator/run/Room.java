// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Definitions.Pinned;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
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

  /** For so many runs a large one is remembered when the next are smaller. */
  private static final int REMEMBERED = 16;

  /** What a definition takes, compiled: 12 to 25 times its text. */
  private static final long TIMES_ITS_TEXT = 20;

  private final long most;

  /** How many runs in memory have a definition, and how many submissions bring its text. */
  private final Map<String, Integer> definitions = new HashMap<>();

  private long held;

  /** What those hold that are being loaded, as far as that can be expected. */
  private long awaited;

  private long expected;
  private boolean told;

  Room(long most) {
    this.most = most;
    this.expected = Math.min(LARGE_RUN, most);
  }

  void change(long bytes) {
    held += bytes;
    told &= taken();
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
      change(weight(text));
    }
  }

  void left(String hash, String text) {
    if (definitions.merge(hash, -1, Room::orNone) == null) {
      change(-weight(text));
    }
  }

  /** Whether a definition is here for somebody, so that it takes no more for others. */
  boolean holds(String hash) {
    return definitions.containsKey(hash);
  }

  /** What a definition takes that nobody else has. */
  static long weight(String text) {
    return TIMES_ITS_TEXT * text.length();
  }

  private static @Nullable Integer orNone(int count, int change) {
    return count + change == 0 ? null : count + change;
  }

  /** Whether there is none for another run, and one that only waits had better wait in the log. */
  boolean taken() {
    return held >= most;
  }

  /** Whether it has come to be taken since this was asked the last time. */
  boolean hasBeenTaken() {
    boolean news = taken() && !told;
    told = taken();
    return news;
  }

  /** Whether there is none for a run to load, with those that are on their way. */
  boolean willBeTaken() {
    return held + awaited >= most;
  }

  /** How much may be loaded for those who do not ask whether it is taken. */
  long extra() {
    return Math.max(1, most / 8);
  }

  /**
   * What the next run to be loaded is taken to hold, for that is known only when it is there: as
   * much as a large one at first, and then as much as those that came last, so that many small ones
   * are loaded at once, and large ones a few at a time. The first large ones after many small ones
   * come all at once; {@link Load} gives up what there is no room for.
   */
  long expected() {
    return expected;
  }

  void awaited(long bytes) {
    awaited += bytes;
  }

  /** A run that was loaded comes in. */
  <T> T loaded(Supplier<T> run) {
    long before = held;
    T there = run.get();
    expect(held - before);
    return there;
  }

  /** One that was loaded weighs so much. */
  void expect(long bytes) {
    expected = Math.max(bytes, expected - expected / REMEMBERED);
  }
}
