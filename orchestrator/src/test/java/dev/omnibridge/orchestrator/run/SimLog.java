// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Trace.Kind;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as one life of a node reaches it: requests and answers are lost, late, doubled, and out
 * of order. A call fails after its deadline, and may take effect nevertheless, also when the life
 * is over.
 */
final class SimLog implements EventLog {
  static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int LATE_MILLIS = 20_000;

  private final SimWorld world;
  private final SimLife life;

  SimLog(SimWorld world, SimLife life) {
    this.world = world;
    this.life = life;
  }

  private <T> CompletionStage<T> call(Supplier<T> effect) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    world.trace.pass(life, Kind.LOG_CALLED, () -> send(answer, effect));
    return answer;
  }

  private <T> void send(CompletableFuture<T> answer, Supplier<T> effect) {
    Faults faults = world.faults;
    world.invariants.calledLog(life.node());
    if (faults.happens(faults.lost / 4)) {
      fail(answer, Duration.ZERO, notSent());
      return;
    }
    fail(answer, DEADLINE, Fault.of(Fault.Kind.TIMEOUT, "GRPC_DEADLINE_EXCEEDED", "Too late."));
    boolean away = world.time.now().isBefore(faults.logAwayUntil);
    if (away || faults.happens(faults.lost)) {
      lose(answer);
      return;
    }
    arrive(answer, effect);
    if (faults.happens(faults.doubled)) {
      arrive(answer, effect);
    }
  }

  private Fault notSent() {
    return world.random.nextBoolean()
        ? Fault.unavailable("CIRCUIT_OPEN", "The log was away a moment ago.", null)
        : Fault.of(Fault.Kind.EXHAUSTED, "LOG_BUSY", "Too many appends are waiting.");
  }

  /** Sometimes that is noticed before the deadline. */
  private void lose(CompletableFuture<?> answer) {
    world.trouble();
    if (world.random.nextBoolean()) {
      fail(
          answer,
          world.faults.millis(50),
          Fault.unavailable("GRPC_UNAVAILABLE", "The network is away.", null));
    }
  }

  private void fail(CompletableFuture<?> answer, Duration after, Fault fault) {
    world.time.after(
        after,
        () -> {
          if (!answer.isDone()) {
            life.enter(Kind.LOG_ANSWERED, () -> answer.completeExceptionally(fault));
          }
        });
  }

  private Duration delay() {
    Faults faults = world.faults;
    if (faults.happens(faults.late)) {
      Duration delay = faults.millis(LATE_MILLIS);
      faults.trouble(world.time.now().plus(delay));
      return delay;
    }
    return faults.millis(faults.logMillis);
  }

  private <T> void arrive(CompletableFuture<T> answer, Supplier<T> effect) {
    world.time.after(
        delay(), () -> world.trace.happen(life, Kind.LOG_APPLIED, () -> apply(answer, effect)));
  }

  private <T> void apply(CompletableFuture<T> answer, Supplier<T> effect) {
    @Nullable T value = null;
    @Nullable RuntimeException failure = null;
    try {
      value = effect.get();
    } catch (Fault fault) {
      failure = fault;
    }
    if (world.faults.happens(world.faults.lost)) {
      lose(answer);
    } else {
      answer(answer, value, failure);
    }
  }

  private <T> void answer(
      CompletableFuture<T> answer, @Nullable T value, @Nullable RuntimeException failure) {
    life.enterAfter(
        delay(),
        Kind.LOG_ANSWERED,
        () -> {
          if (failure == null) {
            complete(answer, value);
          } else {
            answer.completeExceptionally(failure);
          }
        });
  }

  @SuppressWarnings("NullAway")
  private static <T> void complete(CompletableFuture<T> answer, @Nullable T value) {
    answer.complete(value);
  }

  @Override
  @SuppressWarnings("NullAway")
  public CompletionStage<Void> append(Append append) {
    world.invariants.appends(append, life);
    CompletionStage<Void> appended =
        call(() -> {
          if (world.log.append(append)) {
            world.invariants.appended(append, life);
          }
          return null;
        });
    long version = append.row().version();
    return appended.thenRun(() -> world.invariants.knows(life, RunKey.of(append.run()), version));
  }

  @Override
  public CompletionStage<Loaded> load(RunKey key) {
    return call(() -> world.log.load(key))
        .thenApply(loaded -> {
          world.invariants.knows(life, key, loaded.version());
          return loaded;
        });
  }

  @Override
  public CompletionStage<String> definition(String hash) {
    return call(() -> world.log.definition(hash));
  }

  @Override
  public CompletionStage<List<Pointer>> unfinished(
      Set<Integer> shards, String afterRunId, int limit) {
    return call(() -> world.log.unfinished(shards, afterRunId, limit));
  }

  @Override
  public CompletionStage<Page> due(Set<Integer> shards, String token, int limit) {
    return call(() -> world.log.due(shards, token, limit));
  }
}
