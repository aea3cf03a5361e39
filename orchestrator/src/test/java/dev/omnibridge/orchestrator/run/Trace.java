// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Instant;
import java.util.function.Consumer;

/**
 * Every hand-over between a node and its world, counted and hashed: the number names a place at
 * which a node may be made to crash, the hash tells whether two simulations were the same.
 */
final class Trace {

  /** What is handed over. */
  enum Kind {
    TIMER_SET,
    TIMER,
    TURN,
    ASIDE,
    LOG_CALLED,
    LOG_APPLIED,
    LOG_ANSWERED,
    TASK_STARTED,
    TASK_ANSWERED,
    WAKE_SENT,
    WAKE_HEARD,
    CHANGE_HEARD,
    CLIENT_ASKED,
    CLIENT_ANSWERED
  }

  private final World.Clock clock;
  private final Consumer<String> story;
  private long handOvers;
  private long hash = 1125899906842597L;
  private long interruptAt = -1;
  private boolean beforeIt;
  private Consumer<SimNode> interruption = SimNode::crash;

  /** Tells the story, a line for every thing that happens. */
  Trace(World.Clock clock, Consumer<String> story) {
    this.clock = clock;
    this.story = story;
  }

  /** What happens to the node that is at work at that hand-over, before it or after it. */
  void interruptAt(long number, boolean before, Consumer<SimNode> how) {
    interruptAt = number;
    beforeIt = before;
    interruption = how;
  }

  void interruptNoMore() {
    interruptAt = -1;
  }

  long handOvers() {
    return handOvers;
  }

  long hash() {
    return hash;
  }

  /** Hands something over to or from a life; nothing if that ends before. */
  void pass(SimLife life, Kind kind, Runnable action) {
    if (!life.over()) {
      boolean here = count(life, kind);
      interrupt(life, here && beforeIt);
      if (!life.over()) {
        action.run();
      }
      interrupt(life, here && !beforeIt);
    }
  }

  /** Something that a life has asked for happens elsewhere, whether it still lasts or not. */
  void happen(SimLife life, Kind kind, Runnable action) {
    boolean here = count(life, kind);
    interrupt(life, here && beforeIt);
    action.run();
    interrupt(life, here && !beforeIt);
  }

  private void interrupt(SimLife life, boolean now) {
    if (now && !life.over()) {
      interruption.accept(life.node());
    }
  }

  private boolean count(SimLife life, Kind kind) {
    note(life.name() + " " + kind);
    return ++handOvers == interruptAt;
  }

  void note(String what) {
    Instant now = clock.now();
    hash = hash * 31 + now.getEpochSecond();
    hash = hash * 31 + now.getNano();
    hash = hash * 31 + what.hashCode();
    story.accept(now + " " + what);
  }
}
