// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what is unfinished in the shards of this process: every run of a shard that has just
 * become its own, page by page, and of all its shards again after a while; and at every poll the
 * runs whose time has come. Loads a few at a time, and none while memory is full; those that come
 * when it has just become full are the next when there is room.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int PAGE = 500;
  private static final int LOADS = 32;

  /** Due runs that wait for room; the others are found again. */
  private static final int MOST = 5_000;

  private final Workflows workflows;
  private final World world;
  private final Settings settings;
  private final Shell shell;

  /** The runs to load now, in this order. */
  private final Deque<RunKey> backlog = new ArrayDeque<>();

  /** Every run in the backlog, on its way into memory, or with a time to come into the backlog. */
  private final Set<RunKey> known = new HashSet<>();

  /** Those of them that were due by the log's clock, and their version then. */
  private final Map<RunKey, Long> due = new HashMap<>();

  /** What those weigh that were loaded when there was no room for them. */
  private final Map<RunKey, Long> weights = new HashMap<>();

  /** How often a run could not be loaded. */
  private final Map<RunKey, Integer> failures = new HashMap<>();

  /** The own shards whose unfinished runs have been found since they became own. */
  private final Set<Integer> scanned = new HashSet<>();

  private @Nullable Scan scan;
  private int loads;
  private boolean unlisted;
  private World.@Nullable Timer poll;
  private World.@Nullable Timer rescan;

  /** Reads the unfinished runs of some shards, page by page; a shard may be lost meanwhile. */
  private static final class Scan {
    final Set<Integer> shards;
    String after = "";
    boolean reading;

    Scan(Set<Integer> shards) {
      this.shards = shards;
    }
  }

  Recovery(Workflows workflows, World world, Settings settings, Shell shell) {
    this.workflows = workflows;
    this.world = world;
    this.settings = settings;
    this.shell = shell;
  }

  void start() {
    scan();
    pollLater("");
    rescanLater();
  }

  private void rescanLater() {
    rescan =
        shell.later(
            settings.rescanEvery(),
            () -> {
              if (scan == null) {
                scan = new Scan(new HashSet<>(world.membership().shards()));
              }
              scan();
              rescanLater();
            });
  }

  /** Goes on reading, or begins with the shards that were not read since they became own. */
  void scan() {
    Set<Integer> own = world.membership().shards();
    scanned.retainAll(own);
    if (scan != null) {
      scan.shards.retainAll(own);
    }
    if (scan == null || scan.shards.isEmpty()) {
      Set<Integer> unread = new HashSet<>(own);
      unread.removeAll(scanned);
      scan = unread.isEmpty() ? null : new Scan(unread);
    }
    if (scan != null && backlog.size() < LOADS) {
      readPage(scan, 0);
    }
  }

  private void readPage(Scan reader, int tries) {
    if (reader != scan || reader.reading || shell.stopping()) {
      return;
    }
    reader.reading = true;
    world
        .log()
        .unfinished(Set.copyOf(reader.shards), reader.after, PAGE)
        .whenComplete((page, failure) -> {
          if (failure == null) {
            reader.reading = false;
            unlisted = false;
            take(reader, page);
          } else {
            complainOnce("unfinished runs cannot be listed", failure);
            shell.later(
                shell.pause(tries),
                () -> {
                  reader.reading = false;
                  readPage(reader, tries + 1);
                });
          }
        });
  }

  private void take(Scan reader, List<Pointer> page) {
    page.stream().filter(Recovery::needsOwner).forEach(this::takeUp);
    if (reader == scan && page.isEmpty()) {
      scanned.addAll(reader.shards);
      scan = null;
      log.atDebug()
          .addKeyValue(LogKeys.COUNT, reader.shards.size())
          .log("all unfinished runs of some shards have been found");
    } else if (!page.isEmpty()) {
      reader.after = page.getLast().key().runId();
    }
    pump();
  }

  /** A run that waits for a time is found when the time has come. */
  private static boolean needsOwner(Pointer pointer) {
    return pointer.dueIn() == null || pointer.due();
  }

  /** Tells a run that is in memory, and queues any other; true when that is news. */
  private boolean takeUp(Pointer pointer) {
    if (workflows.nudge(pointer)) {
      return false;
    }
    boolean news = queue(pointer.key());
    if (pointer.due()) {
      due.put(pointer.key(), pointer.version());
    }
    return news;
  }

  /** Takes up a run that is not in memory, if it is to go on here. */
  void find(RunKey key) {
    queue(key);
    pump();
  }

  /** One that is on its way, or comes back later, stays where it is; true for any other. */
  private boolean queue(RunKey key) {
    return known.add(key) && backlog.add(key);
  }

  /** Whether a run is to be taken up, now or at a time that is set. */
  boolean expects(RunKey key) {
    return known.contains(key);
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
      world.turns().next(this::scan);
    }
  }

  private void load(RunKey key) {
    long weight = Objects.requireNonNullElse(weights.remove(key), 0L);
    if (!shell.owns(key.shard())) {
      forget(key);
      return;
    }
    loads++;
    workflows
        .takeUp(key, weight, Objects.requireNonNullElse(due.get(key), 0L))
        .whenComplete((tooMuch, failure) -> {
          loads--;
          if (failure == null && tooMuch > 0) {
            failures.remove(key);
            weights.put(key, tooMuch);
            backlog.addFirst(key);
          } else if (failure == null) {
            forget(key);
          } else if (shell.faultOf(failure).kind() == Fault.Kind.NOT_FOUND) {
            // Somebody told of it who is wrong; what is in the log is found again.
            complain("run is not in the log", failure);
            forget(key);
          } else {
            complain("run cannot be loaded", failure);
            if (weight > 0) {
              weights.put(key, weight);
            }
            comeBack(key, shell.pause(failures.merge(key, 1, Integer::sum)));
          }
          world.turns().next(this::pump);
        });
  }

  private void forget(RunKey key) {
    failures.remove(key);
    due.remove(key);
    known.remove(key);
  }

  private void pollDue(String token) {
    if (shell.stopping()) {
      return;
    }
    Set<Integer> own = world.membership().shards();
    // Also when there are none: those that come back have to be read anew.
    scan();
    if (own.isEmpty()) {
      pollLater("");
      return;
    }
    world
        .log()
        .due(own, token, PAGE)
        .whenComplete((page, failure) -> {
          if (failure == null) {
            unlisted = false;
            takeDue(page);
          } else {
            complainOnce("due runs cannot be listed", failure);
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
    workflows.makeRoom();
    boolean news = false;
    for (Pointer pointer : page.runs()) {
      news |= backlog.size() < MOST ? takeUp(pointer) : workflows.nudge(pointer);
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

  /** A log that is away is told of once, and not at every try. */
  private void complainOnce(String what, Throwable failure) {
    if (!unlisted) {
      unlisted = true;
      complain(what, failure);
    }
  }

  private void complain(String what, Throwable failure) {
    log.atWarn().addKeyValue(LogKeys.REASON, shell.faultOf(failure).reason()).log(what);
  }

  boolean done() {
    return scanned.containsAll(world.membership().shards())
        && backlog.isEmpty()
        && loads == 0
        && failures.isEmpty();
  }

  void stop() {
    if (poll != null) {
      poll.cancel();
    }
    if (rescan != null) {
      rescan.cancel();
    }
  }
}
