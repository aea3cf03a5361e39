// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Trace.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node, from its start to its crash: the shell, and the world as it sees it. Nothing
 * enters it while it is paused; what would have enters all at once afterwards.
 */
final class SimLife implements World.Timers, World.Turns, World.Membership {
  private final SimWorld world;
  private final SimNode node;
  private final String name;
  private final List<Held> held = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private @Nullable Workflows workflows;
  private boolean over;
  private boolean paused;

  private record Held(Kind kind, Runnable action) {}

  SimLife(SimWorld world, SimNode node, String name) {
    this.world = world;
    this.node = node;
    this.name = name;
  }

  void begin() {
    var random = new SplittableRandom(world.random.nextLong());
    var tasks = new SimTasks(world, this);
    var outside = new World(node::clock, this, this, random, this, new SimLog(world, this), tasks);
    workflows = new Workflows(world.reader, outside, world.settings);
    workflows.start();
  }

  Workflows workflows() {
    return Objects.requireNonNull(workflows);
  }

  SimNode node() {
    return node;
  }

  String name() {
    return name;
  }

  boolean over() {
    return over;
  }

  boolean paused() {
    return paused;
  }

  void end() {
    over = true;
    held.clear();
  }

  void pause() {
    paused = true;
  }

  /** Everything that was held enters now: in its order, or all timers after all answers. */
  void resume() {
    paused = false;
    List<Held> waiting = new ArrayList<>(held);
    held.clear();
    if (world.random.nextBoolean()) {
      waiting.sort(Comparator.comparing(one -> one.kind() == Kind.TIMER));
    }
    waiting.forEach(one -> enterAfter(Duration.ZERO, one.kind(), one.action()));
  }

  /** Ends in order, as far as that goes within 5 s: begins nothing new, and waits for appends. */
  void stop(Runnable andThen) {
    Runnable end =
        () -> {
          if (!over) {
            node.crash();
            andThen.run();
          }
        };
    var unused = workflows().stop().whenComplete((_, _) -> end.run());
    world.time.after(Duration.ofSeconds(5), end);
  }

  /** Something reaches the shell from outside. */
  void enter(Kind kind, Runnable action) {
    if (over) {
      return;
    }
    if (paused) {
      held.add(new Held(kind, action));
    } else {
      world.trace.pass(this, kind, action);
    }
  }

  void enterAfter(Duration delay, Kind kind, Runnable action) {
    world.time.after(delay, () -> enter(kind, action));
  }

  @Override
  public World.Timer after(Duration delay, Runnable action) {
    boolean[] cancelled = {false};
    Duration atLeast = delay.isNegative() ? Duration.ZERO : delay;
    world.trace.pass(
        this,
        Kind.TIMER_SET,
        () ->
            enterAfter(
                atLeast,
                Kind.TIMER,
                () -> {
                  if (!cancelled[0]) {
                    action.run();
                  }
                }));
    return () -> cancelled[0] = true;
  }

  @Override
  public void next(Runnable action) {
    enterAfter(Duration.ZERO, Kind.TURN, action);
  }

  @Override
  public <T> CompletionStage<T> aside(Supplier<T> computation) {
    CompletableFuture<T> result = new CompletableFuture<>();
    enterAfter(
        world.faults.millis(3),
        Kind.ASIDE,
        () -> {
          try {
            result.complete(computation.get());
          } catch (RuntimeException failure) {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  @Override
  public Set<Integer> shards() {
    return node.shards();
  }

  @Override
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  void changed(Duration delay) {
    enterAfter(delay, Kind.CHANGE_HEARD, () -> listeners.forEach(Runnable::run));
  }

  @Override
  public void wake(RunKey key, long version) {
    world.trace.pass(this, Kind.WAKE_SENT, () -> world.wake(node.view(), key, version));
  }
}
