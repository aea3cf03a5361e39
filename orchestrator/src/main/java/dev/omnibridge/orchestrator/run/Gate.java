// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets a few through at once; the others wait in the order in which they came. */
final class Gate {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;
  private boolean passing;

  Gate(int atOnce) {
    this.free = atOnce;
  }

  <T> CompletionStage<T> pass(Supplier<CompletionStage<T>> action) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    waiting.add(() ->
        action
            .get()
            .whenComplete((value, failure) -> {
              free++;
              if (failure == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(failure);
              }
              next();
            }));
    next();
    return answer;
  }

  /** In one loop, however many of them end as soon as they begin. */
  private void next() {
    if (passing) {
      return;
    }
    passing = true;
    try {
      while (free > 0 && !waiting.isEmpty()) {
        free--;
        waiting.remove().run();
      }
    } finally {
      passing = false;
    }
  }
}
