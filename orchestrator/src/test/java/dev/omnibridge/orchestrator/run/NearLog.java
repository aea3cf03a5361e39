// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The model of the log as one process reaches it: within milliseconds, unless it is away. */
final class NearLog {
  private final SimulatedTime time;
  private final ModelLog log;
  private final Random random;
  Duration loadTakes = Duration.ZERO;
  Instant awayUntil = Instant.EPOCH;

  NearLog(SimulatedTime time, ModelLog log, Random random) {
    this.time = time;
    this.log = log;
    this.random = random;
  }

  /** The log as one life of a process sees it. */
  EventLog seenBy(SimulatedTime.Life life) {
    return new Seen(life);
  }

  private final class Seen implements EventLog {
    private final SimulatedTime.Life life;

    Seen(SimulatedTime.Life life) {
      this.life = life;
    }

    /** A request takes effect halfway to its answer, if the log is there. */
    private <T> CompletionStage<T> call(Supplier<T> effect) {
      return call(Duration.ofMillis(random.nextInt(5)), effect);
    }

    private <T> CompletionStage<T> call(Duration half, Supplier<T> effect) {
      boolean lost = time.now().isBefore(awayUntil);
      Object[] outcome = new Object[1];
      if (!lost) {
        time.after(half, () -> outcome[0] = attempt(effect));
      }
      return life.answer(
          half.multipliedBy(2),
          () -> {
            if (lost) {
              throw Fault.unavailable("GRPC_UNAVAILABLE", "The network is away.", null);
            }
            if (outcome[0] instanceof RuntimeException failure) {
              throw failure;
            }
            @SuppressWarnings("unchecked")
            T value = (T) outcome[0];
            return value;
          });
    }

    private static @Nullable Object attempt(Supplier<?> effect) {
      try {
        return effect.get();
      } catch (RuntimeException failure) {
        return failure;
      }
    }

    @Override
    @SuppressWarnings("NullAway")
    public CompletionStage<Void> append(Append append) {
      return call(() -> {
        var unused = log.append(append);
        return null;
      });
    }

    @Override
    public CompletionStage<Loaded> load(RunKey key) {
      log.loads.computeIfAbsent(key, _ -> new ArrayList<>()).add(time.now());
      Duration half = loadTakes.isZero() ? Duration.ofMillis(random.nextInt(5)) : loadTakes;
      return call(half, () -> log.load(key));
    }

    @Override
    public CompletionStage<String> definition(String hash) {
      return call(() -> log.definition(hash));
    }

    @Override
    public CompletionStage<List<Pointer>> unfinished(
        Set<Integer> shards, String afterRunId, int limit) {
      return call(() -> log.unfinished(shards, afterRunId, limit));
    }

    @Override
    public CompletionStage<Page> due(Set<Integer> shards, String token, int limit) {
      return call(() -> log.due(shards, token, limit));
    }
  }
}
