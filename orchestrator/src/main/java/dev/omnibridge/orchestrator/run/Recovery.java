// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what is unfinished: once, page by page, every run that was under way when the process
 * before this one ended; and again and again the runs whose time has come. Loads a few at a time,
 * and none while memory is full.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int PAGE = 500;
  private static final int LOADS = 32;

  private final Workflows workflows;
  private final World world;
  private final Settings settings;
  private final Shell shell;

  /** The runs to load now, in this order. */
  private final Deque<RunKey> backlog = new ArrayDeque<>();

  /** Every run in the backlog, on its way into memory, or with a time to come into the backlog. */
  private final Set<RunKey> known = new HashSet<>();

  /** How often a run could not be loaded. */
  private final Map<RunKey, Integer> failures = new HashMap<>();

  private @Nullable String nextPageAfter = "";
  private boolean reading;
  private int loads;
  private World.@Nullable Timer poll;

  Recovery(Workflows workflows, World world, Settings settings, Shell shell) {
    this.workflows = workflows;
    this.world = world;
    this.settings = settings;
    this.shell = shell;
  }

  void start() {
    readPage(0);
    pollLater("");
  }

  private void readPage(int tries) {
    String after = nextPageAfter;
    if (after == null || reading || shell.stopping()) {
      return;
    }
    reading = true;
    world
        .log()
        .unfinished(world.membership().shards(), after, PAGE)
        .whenComplete((page, failure) -> {
          if (failure == null) {
            reading = false;
            take(page);
          } else {
            complain("unfinished runs cannot be listed", failure);
            shell.later(
                shell.pause(tries),
                () -> {
                  reading = false;
                  readPage(tries + 1);
                });
          }
        });
  }

  private void take(List<Pointer> page) {
    nextPageAfter = page.isEmpty() ? null : page.getLast().key().runId();
    page.stream().filter(this::needsOwner).map(Pointer::key).forEach(this::queue);
    if (nextPageAfter == null) {
      log.atInfo().log("all unfinished runs have been found");
    }
    pump();
  }

  /** A run that waits for a time is found when the time has come. */
  private boolean needsOwner(Pointer pointer) {
    Duration dueIn = pointer.dueIn();
    return dueIn == null || dueIn.isNegative();
  }

  /** One that is on its way, or comes back later, stays where it is; true for any other. */
  private boolean queue(RunKey key) {
    return known.add(key) && backlog.add(key);
  }

  /** Leaves a run alone for a while, and then takes it up, however often it is found until then. */
  void postpone(RunKey key, Duration delay) {
    if (known.add(key)) {
      comeBack(key, delay);
    }
  }

  private void comeBack(RunKey key, Duration delay) {
    shell.later(
        delay,
        () -> {
          backlog.add(key);
          pump();
        });
  }

  /** Loads what fits. */
  void pump() {
    while (!backlog.isEmpty() && loads < LOADS && !workflows.full() && !shell.stopping()) {
      load(backlog.removeFirst());
    }
    if (backlog.size() < LOADS) {
      world.turns().next(() -> readPage(0));
    }
  }

  private void load(RunKey key) {
    loads++;
    workflows
        .activate(key)
        .whenComplete((run, failure) -> {
          loads--;
          if (failure == null) {
            failures.remove(key);
            known.remove(key);
            run.act();
          } else {
            complain("run cannot be loaded", failure);
            comeBack(key, shell.pause(failures.merge(key, 1, Integer::sum)));
          }
          world.turns().next(this::pump);
        });
  }

  private void pollDue(String token) {
    if (shell.stopping()) {
      return;
    }
    world
        .log()
        .due(world.membership().shards(), token, PAGE)
        .whenComplete((page, failure) -> {
          if (failure == null) {
            takeDue(page);
          } else {
            complain("due runs cannot be listed", failure);
            pollLater(shell.faultOf(failure).kind().worthRetrying() ? token : "");
          }
        });
  }

  /**
   * Reads on at once while there is room and something new; otherwise at the next poll, from here,
   * for those at the head may be many that cannot be taken up. After the last page the first one
   * follows, so every due run is found.
   */
  private void takeDue(EventLog.Page page) {
    boolean news = false;
    for (Pointer pointer : page.runs()) {
      news |= !workflows.nudge(pointer.key()) && queue(pointer.key());
    }
    pump();
    if (news && !page.next().isEmpty() && backlog.size() < LOADS) {
      world.turns().next(() -> pollDue(page.next()));
    } else {
      pollLater(page.next());
    }
  }

  private void pollLater(String token) {
    poll = shell.later(settings.pollEvery(), () -> pollDue(token));
  }

  private void complain(String what, Throwable failure) {
    log.atWarn().addKeyValue(LogKeys.REASON, shell.faultOf(failure).reason()).log(what);
  }

  boolean done() {
    return nextPageAfter == null && backlog.isEmpty() && loads == 0 && failures.isEmpty();
  }

  void stop() {
    if (poll != null) {
      poll.cancel();
    }
  }
}
