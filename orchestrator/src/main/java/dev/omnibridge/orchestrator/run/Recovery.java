// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
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
  private final Set<RunKey> backlog = new LinkedHashSet<>();
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
          reading = false;
          if (failure == null) {
            take(page);
          } else {
            complain("unfinished runs cannot be listed", failure);
            shell.later(shell.pause(tries), () -> readPage(tries + 1));
          }
        });
  }

  private void take(List<Pointer> page) {
    nextPageAfter = page.isEmpty() ? null : page.getLast().key().runId();
    page.stream().filter(this::needsOwner).map(Pointer::key).forEach(backlog::add);
    if (page.isEmpty()) {
      log.atInfo().log("all unfinished runs have been found");
    }
    pump();
  }

  /** A run that waits for a time is found when the time has come. */
  private boolean needsOwner(Pointer pointer) {
    Duration dueIn = pointer.dueIn();
    return dueIn == null || dueIn.isNegative();
  }

  /** Loads what fits. */
  void pump() {
    Iterator<RunKey> next = backlog.iterator();
    while (next.hasNext() && loads < LOADS && !workflows.full() && !shell.stopping()) {
      RunKey key = next.next();
      next.remove();
      load(key, 0);
    }
    if (backlog.size() < LOADS) {
      world.turns().next(() -> readPage(0));
    }
  }

  private void load(RunKey key, int tries) {
    loads++;
    workflows
        .activate(key)
        .whenComplete((run, failure) -> {
          loads--;
          if (failure == null) {
            run.due();
          } else {
            complain("run cannot be loaded", failure);
            shell.later(shell.pause(tries), () -> load(key, tries + 1));
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
                .forEach(backlog::add);
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
    return nextPageAfter == null && backlog.isEmpty() && loads == 0;
  }

  void stop() {
    if (poll != null) {
      poll.cancel();
    }
  }
}
