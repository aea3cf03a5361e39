// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Lets time pass for some nodes and their clients, and sees how everything ends. */
final class Stage {
  /**
   * From the end of all trouble to the end of all runs: views agree (3 s); what is on its way
   * arrives or fails (40 s); the longest call ends (30 s); a rescan finds what nobody told of (30
   * s), and a run without a runner is looked at again (30 s); the pauses that a run may still have
   * to make, two of 14 s or five of 3 s or one of 24 s; and every call from then on is quick.
   */
  static final Duration ENDS_WITHIN = Duration.ofSeconds(210);

  private static final Duration IDLE = Duration.ofSeconds(60);

  /** In an idle minute: a poll a second, a rescan of two pages or one every 30 s, and one more. */
  private static final int MOST_IDLE_CALLS = 70;

  private static final int LEAST_IDLE_CALLS = 50;

  static final Duration STILL_ON_ITS_WAY = Duration.ofSeconds(45);

  private final SimWorld world;
  private final SimClients clients;
  private Duration endedAfter = Duration.ZERO;

  Stage(SimWorld world, SimClients clients) {
    this.world = world;
    this.clients = clients;
  }

  /** Until everything that was submitted has ended; fails if that takes longer. */
  void settle(Duration within) {
    Instant start = world.time.now();
    Instant end = start.plus(within);
    while (!(clients.allAccepted() && finished())) {
      if (!step(end)) {
        throw new AssertionError("not all has ended within " + within + ": " + left());
      }
    }
    endedAfter = Duration.between(start, world.time.now());
  }

  private boolean finished() {
    return world.log.streams.values().stream().noneMatch(ModelLog.Stream::unfinished);
  }

  private List<RunRow> left() {
    return world.log.streams.values().stream()
        .filter(ModelLog.Stream::unfinished)
        .map(ModelLog.Stream::row)
        .toList();
  }

  /** Everything has ended, and what is on its way arrives. */
  void end(Duration stillOnItsWay) {
    pass(stillOnItsWay);
    world.invariants.checkEnd(clients.runs());
  }

  /** Nothing is left to do: the nodes only look. */
  void idle() {
    int[] before = world.invariants.logCalls();
    pass(IDLE);
    int[] after = world.invariants.logCalls();
    for (int i = 0; i < before.length; i++) {
      int calls = after[i] - before[i];
      world.invariants.must(calls <= MOST_IDLE_CALLS, "an idle node calls the log", calls);
      world.invariants.must(calls >= LEAST_IDLE_CALLS, "an idle node does not poll", calls);
    }
    world.invariants.check();
  }

  void pass(Duration duration) {
    Instant end = world.time.now().plus(duration);
    world.time.after(duration, () -> {});
    while (step(end)) {}
  }

  private boolean step(Instant until) {
    boolean stepped = world.time.step(until);
    world.invariants.check();
    return stepped;
  }

  /** How long it took to settle. */
  Duration endedAfter() {
    return endedAfter;
  }
}
