// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Trace.Kind;
import java.time.Duration;
import java.util.ArrayList;
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
  private final List<Runnable> held = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private @Nullable Workflows workflows;
  private boolean over;
  private boolean paused;

  SimLife(SimWorld world, SimNode node, String name) {
    this.world = world;
    this.node = node;
    this.name = name;
  }

  void begin() {
    var random = new SplittableRandom(world.random.nextLong());
    var tasks = new SimTasks(world, this);
    var outside = new World(world.time, this, this, random, this, new SimLog(world, this), tasks);
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

  /** Everything that was held enters now, in its order. */
  void resume() {
    paused = false;
    List<Runnable> waiting = List.copyOf(held);
    held.clear();
    waiting.forEach(action -> world.time.after(Duration.ZERO, action));
  }

  /** Something reaches the shell from outside. */
  void enter(Kind kind, Runnable action) {
    if (over) {
      return;
    }
    if (paused) {
      held.add(() -> enter(kind, action));
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
