// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Does the same to many things, a few at a time. */
public final class Crew {
  private Crew() {}

  /**
   * The results, in the order of the things. The first failure ends it: what has not begun is left
   * undone, and what is under way is interrupted.
   */
  public static <T, R> List<R> map(List<T> things, int atOnce, Function<T, R> work) {
    var threads = Thread.ofPlatform().name("crew-", 0).daemon().factory();
    try (var crew = Executors.newFixedThreadPool(atOnce, threads)) {
      List<Future<R>> under = new ArrayList<>();
      things.forEach(thing -> under.add(crew.submit((Callable<R>) () -> work.apply(thing))));
      try {
        var results = new ArrayList<R>();
        for (Future<R> one : under) {
          results.add(one.get());
        }
        return results;
      } catch (ExecutionException failure) {
        var notBegun = crew.shutdownNow();
        throw unchecked(failure, notBegun.size());
      } catch (InterruptedException interrupted) {
        var notBegun = crew.shutdownNow();
        Thread.currentThread().interrupt();
        throw new IllegalStateException(
            "Interrupted with %d things not begun".formatted(notBegun.size()), interrupted);
      }
    }
  }

  private static RuntimeException unchecked(ExecutionException failure, int notBegun) {
    return failure.getCause() instanceof RuntimeException cause
        ? cause
        : new IllegalStateException(
            "Failed with %d things not begun".formatted(notBegun), failure.getCause());
  }
}
