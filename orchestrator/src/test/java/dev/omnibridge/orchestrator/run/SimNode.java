// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A node: one life after the other, and what it believes of the others. */
final class SimNode {
  final int index;
  private final SimWorld world;
  private Set<Integer> view = Set.of();
  private @Nullable SimLife life;
  private int lives;

  /** Since when the shards are its own in this life. */
  private final Map<Integer, Instant> since = new HashMap<>();

  /** Until then it has no runner for essential calls. */
  Instant withoutRunnersUntil = Instant.EPOCH;

  /** Until then it makes no essential calls, though it has a runner. */
  Instant refusingUntil = Instant.EPOCH;

  /** How far its clock is ahead of the log's. */
  Duration skew = Duration.ZERO;

  SimNode(int index, SimWorld world) {
    this.index = index;
    this.world = world;
  }

  Instant clock() {
    return world.time.now().plus(skew);
  }

  @Nullable SimLife life() {
    return life;
  }

  boolean up() {
    return life != null;
  }

  /** Up and not paused. */
  boolean atWork() {
    return life != null && !life.paused();
  }

  boolean holds(RunKey key) {
    return life != null && life.workflows().holds(key);
  }

  void start() {
    if (life == null) {
      since.clear();
      noteShards();
      var begun = new SimLife(world, this, "n" + index + "." + ++lives);
      life = begun;
      begun.begin();
      world.trace.note("start " + begun.name());
    }
  }

  /** Forgets everything; what it has sent is on its way. The others notice within 3 s. */
  void crash() {
    if (life != null) {
      world.trace.note("crash " + life.name());
      world.stopped(this);
      life.end();
      life = null;
      world.viewsFollow();
    }
  }

  void pause() {
    if (life != null) {
      world.trace.note("pause " + life.name());
      world.stopped(this);
      life.pause();
      world.viewsFollow();
    }
  }

  void resume() {
    if (life != null && life.paused()) {
      world.trace.note("resume " + life.name());
      world.trouble();
      life.resume();
      world.viewsFollow();
    }
  }

  Set<Integer> view() {
    return view;
  }

  Set<Integer> shards() {
    return world.sharing.shardsOf(index, view);
  }

  void everybodyBelieves(Set<Integer> nodes) {
    world.nodes.forEach(node -> node.believe(nodes));
  }

  private void noteShards() {
    since.keySet().retainAll(shards());
    shards().forEach(shard -> since.putIfAbsent(shard, world.time.now()));
  }

  /** Whether it will read, or has read, all that was unfinished in a shard at that time. */
  boolean hasReadSince(int shard, Instant time) {
    Instant own = since.get(shard);
    return own != null && own.isAfter(time);
  }

  /** Believes that these nodes are there, if it is awake to hear it. */
  void believe(Set<Integer> nodes) {
    if (nodes.equals(view) || life != null && life.paused()) {
      return;
    }
    view = Set.copyOf(nodes);
    noteShards();
    world.trouble();
    world.trace.note("view " + index + new TreeSet<>(view));
    if (life != null && world.faults.changesArrive) {
      life.changed(world.faults.happens(50) ? Duration.ZERO : world.faults.millis(50));
    }
  }
}
