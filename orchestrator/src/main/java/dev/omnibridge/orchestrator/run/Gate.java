// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lets a few through at once, and fewer if they weigh much; the others wait in the order in which
 * they came.
 */
final class Gate {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final long most;
  private final LongSupplier weight;
  private int free;
  private long through;
  private boolean passing;

  Gate(int atOnce) {
    this(atOnce, Long.MAX_VALUE, () -> 0);
  }

  /**
   * The next one passes while those that are through weigh less than the most.
   *
   * @param weight of the one that passes now, as far as that can be known
   */
  Gate(int atOnce, long most, LongSupplier weight) {
    this.free = atOnce;
    this.most = most;
    this.weight = weight;
  }

  <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> action) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    waiting.add(() -> pass(action, answer));
    next();
    return answer;
  }

  private <T> void pass(Supplier<CompletionStage<T>> action, CompletableFuture<T> answer) {
    long expected = weight.getAsLong();
    free--;
    through += expected;
    started(action)
        .whenComplete((value, failure) -> {
          free++;
          through -= expected;
          if (failure == null) {
            answer.complete(value);
          } else {
            answer.completeExceptionally(failure);
          }
          next();
        });
  }

  /** One that throws has failed, and gives back its place like any other. */
  private static <T> CompletionStage<T> started(Supplier<CompletionStage<T>> action) {
    try {
      return action.get();
    } catch (RuntimeException | StackOverflowError failure) {
      return CompletableFuture.failedStage(failure);
    }
  }

  /** In one loop, however many of them end as soon as they begin. */
  private void next() {
    if (passing) {
      return;
    }
    passing = true;
    try {
      while (free > 0 && through < most && !waiting.isEmpty()) {
        waiting.remove().run();
      }
    } finally {
      passing = false;
    }
  }
}
