// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who looks after what. A moment is quiet when nothing went wrong for {@link #SETTLES}: no node
 * stopped, began, or changed its view, and no call of the log was lost or is late. At a quiet
 * moment, of every run that has not ended and whose shard is some working node's own in its view:
 * it waits for a time in the log that has not come; or a working node has it in memory or on its
 * way there; or it is in neither state only since {@link #FOUND}, as every poll finds what is due
 * and a new owner reads what is unfinished; or, when the node that had it stopped without having
 * handed it over and the owner has been the owner since before, only since {@link #FOUND} and the
 * time of a rescan. And at a quiet moment no node has had a run for {@link #GIVEN_AWAY} that is not
 * its own.
 */
final class Attention {
  static final Duration EVERY = Duration.ofMillis(250);

  /**
   * A call that is lost has failed by then, and its repeat has come: deadline and longest pause.
   */
  static final Duration SETTLES = Duration.ofSeconds(11);

  /** A poll, and the pages before. */
  static final Duration FOUND = Duration.ofSeconds(4);

  /** The longest call, and its append. */
  static final Duration GIVEN_AWAY = Duration.ofSeconds(45);

  private record Held(int node, RunKey key) {}

  private final SimWorld world;
  private final Invariants invariants;
  private final Set<RunKey> dropped = new HashSet<>();
  private final Map<RunKey, Instant> appendedAt = new HashMap<>();
  private final Map<RunKey, Instant> unattended = new HashMap<>();
  private final Map<Held, Instant> foreign = new HashMap<>();

  Attention(SimWorld world, Invariants invariants) {
    this.world = world;
    this.invariants = invariants;
  }

  /** The node stops; what it has in memory is not handed over. */
  void stopped(SimNode node) {
    world.log.streams.forEach((key, stream) -> {
      if (stream.unfinished() && node.holds(key)) {
        dropped.add(key);
      }
    });
  }

  /** Who is not the owner tells whoever is, in the log itself. */
  void appended(RunKey key, ModelLog.Stream stream, SimLife by) {
    Instant now = world.time.now();
    boolean known = stream.due != null || !stream.unfinished();
    boolean own = by.over() || by.paused() || by.node().shards().contains(stream.shard);
    boolean quiet = !quiet(Instant.EPOCH, now).isNegative();
    invariants.must(known || own || !quiet, "appended by another, and nobody is told", key);
    appendedAt.put(key, now);
    if (by.over() || by.paused()) {
      dropped.add(key);
    } else {
      dropped.remove(key);
    }
  }

  /** Looks now, and again and again. */
  void watch() {
    look();
    world.time.after(EVERY, this::watch);
  }

  private void look() {
    Instant now = world.time.now();
    world.log.streams.forEach((key, stream) -> {
      if (stream.unfinished()) {
        lookAfter(key, stream, now);
      } else {
        unattended.remove(key);
      }
      world.nodes.forEach(node -> lookAtHolder(node, key, stream, now));
    });
  }

  private void lookAfter(RunKey key, ModelLog.Stream stream, Instant now) {
    boolean waits = stream.due != null && stream.due.isAfter(now);
    boolean held = false;
    @Nullable SimNode owner = null;
    for (SimNode node : world.nodes) {
      if (node.atWork()) {
        held |= node.holds(key);
        owner = node.shards().contains(stream.shard) ? node : owner;
      }
    }
    if (waits || held || owner == null || isFull(owner)) {
      unattended.remove(key);
      return;
    }
    Instant since = unattended.computeIfAbsent(key, _ -> now);
    boolean read = owner.hasReadSince(stream.shard, appendedAt.getOrDefault(key, now));
    Duration limit =
        stream.due == null && dropped.contains(key) && !read
            ? FOUND.plus(world.settings.rescanEvery())
            : FOUND;
    invariants.must(
        quiet(since, now).compareTo(limit) <= 0,
        "nobody looks after a run",
        key + " " + stream.row);
  }

  private static boolean isFull(SimNode node) {
    SimLife life = node.life();
    return life != null && life.workflows().full();
  }

  /** How long it has been quiet since something. */
  private Duration quiet(Instant since, Instant now) {
    Instant settled = world.faults.lastTrouble().plus(SETTLES);
    return Duration.between(since.isAfter(settled) ? since : settled, now);
  }

  private void lookAtHolder(SimNode node, RunKey key, ModelLog.Stream stream, Instant now) {
    Held held = new Held(node.index, key);
    if (!node.atWork() || !node.holds(key) || node.shards().contains(stream.shard)) {
      foreign.remove(held);
      return;
    }
    Instant since = foreign.computeIfAbsent(held, _ -> now);
    invariants.must(
        quiet(since, now).compareTo(GIVEN_AWAY) <= 0, "a node keeps what is not its own", held);
  }
}
