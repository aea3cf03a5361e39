// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.orchestrator.run.Definitions.Pinned;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Definitions that many runs have in common, and many that nobody needs any more. */
class DefinitionsTest extends OneProcess {
  private final Asides asides = new Asides();
  private Definitions definitions = definitions(Long.MAX_VALUE);

  /** What is computed aside, when the test says so. */
  private static final class Asides implements World.Turns {
    final Queue<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void next(Runnable action) {
      action.run();
    }

    @Override
    public <T> CompletionStage<T> aside(Supplier<T> computation) {
      var result = new CompletableFuture<T>();
      waiting.add(() -> result.complete(computation.get()));
      return result;
    }

    int run() {
      int count = 0;
      while (!waiting.isEmpty()) {
        waiting.remove().run();
        count++;
      }
      return count;
    }
  }

  private Definitions definitions(long maxHeld) {
    return new Definitions(READER, world(life, asides, new AllShards()), settings(maxHeld));
  }

  private static String tasks(int length, int number) {
    return "do: [{a: {call: work, with: {n: %d, x: %s}}}]".formatted(number, "x".repeat(length));
  }

  private Pinned read(String tasks) {
    var answer = definitions.read(HEAD + tasks).toCompletableFuture();
    int unused = asides.run();
    return answer.join();
  }

  private Pinned byHash(String hash) {
    var answer = definitions.byHash(hash).toCompletableFuture();
    while (!answer.isDone()) {
      pass(Duration.ofMillis(10));
      int unused = asides.run();
    }
    return answer.join();
  }

  @Test
  void shouldShareOneLargeDefinitionAmongAThousandRuns() {
    String large = tasks(100_000, 1);
    RunKey key = submit("w", large);
    Pinned first = read(large);
    assertThat(read(large)).isSameAs(first);
    assertThat(byHash(row(key).run().definitionHash())).isSameAs(first);
    assertThat(read(large + " # the same in other words")).isSameAs(first);
    assertThat(IntStream.range(0, 1000).mapToObj(_ -> read(large)))
        .allMatch(pinned -> pinned == first);
  }

  @Test
  void shouldReadOnceWhatAThousandBringAtTheSameTime() {
    String text = HEAD + tasks(100_000, 1);
    var answers =
        IntStream.range(0, 1000)
            .mapToObj(_ -> definitions.read(text).toCompletableFuture())
            .toList();
    assertThat(asides.run()).isLessThanOrEqualTo(3);
    Pinned first = answers.getFirst().join();
    assertThat(answers).allMatch(answer -> answer.join() == first);
  }

  @Test
  void shouldReadAFewAtATime() {
    var answers =
        IntStream.range(0, 10)
            .mapToObj(i -> definitions.read(HEAD + tasks(10, i)).toCompletableFuture())
            .toList();
    assertThat(asides.waiting).hasSize(3);
    asides.waiting.remove().run();
    assertThat(asides.waiting).hasSize(3);
    assertThat(asides.run()).isEqualTo(9);
    assertThat(answers).allMatch(CompletableFuture::isDone);
  }

  /** Of 60,000 characters each; 2 MiB of them stay for those who may want them again. */
  @Test
  void shouldLetGoOfManyThatNobodyNeeds() {
    letGoOfAllBut(30, 35);
  }

  /** 64 MiB for all runs are 0.8 MiB of texts, which take 16 MiB. */
  @Test
  void shouldKeepFewerWhereTheHeapIsSmall() {
    definitions = definitions(64L << 20);
    letGoOfAllBut(10, 14);
  }

  private void letGoOfAllBut(int least, int most) {
    List<WeakReference<Pinned>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(new WeakReference<>(read(tasks(60_000, i))));
    }
    var small = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          System.gc();
          assertThat(all.stream().filter(one -> one.get() != null)).hasSizeBetween(least, most);
          var unused = read(tasks(1, small.incrementAndGet()));
          assertThat(definitions.count()).isLessThan(most + small.get());
        });
    assertThat(read(tasks(60_000, 199))).isSameAs(all.getLast().get());
  }

  @Test
  void shouldKeepWhatARunInMemoryNeedsHoweverManyCameSince() {
    Pinned inUse = read(tasks(60_000, 0));
    for (int i = 1; i < 100; i++) {
      assertThat(read(tasks(60_000, i))).isNotSameAs(inUse);
    }
    System.gc();
    assertThat(read(tasks(60_000, 0))).isSameAs(inUse);
  }
}
