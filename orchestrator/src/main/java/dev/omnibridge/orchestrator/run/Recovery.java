// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
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
  private final SequencedSet<RunKey> backlog = new LinkedHashSet<>();

  /** How often a run could not be loaded; those in it have their next try coming. */
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
    poll = shell.later(settings.pollEvery(), this::pollDue);
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
    nextPageAfter = page.size() < PAGE ? null : page.getLast().key().runId();
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

  /** One that is to be tried again later stays where it is. */
  private void queue(RunKey key) {
    if (!failures.containsKey(key)) {
      backlog.add(key);
    }
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
            run.act();
          } else {
            complain("run cannot be loaded", failure);
            int tries = failures.merge(key, 1, Integer::sum);
            shell.later(
                shell.pause(tries),
                () -> {
                  backlog.add(key);
                  pump();
                });
          }
          world.turns().next(this::pump);
        });
  }

  private void pollDue() {
    if (shell.stopping()) {
      return;
    }
    world
        .log()
        .due(world.membership().shards(), PAGE)
        .whenComplete((page, failure) -> {
          if (failure == null) {
            page.stream()
                .map(Pointer::key)
                .filter(key -> !workflows.nudge(key))
                .forEach(this::queue);
            pump();
          } else {
            complain("due runs cannot be listed", failure);
          }
          poll = shell.later(settings.pollEvery(), this::pollDue);
        });
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
