// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepsTest {
  /** As many as the nodes of a tree that are made vectors of. */
  private static final int MANY = 5_000;

  private static final int SMALL_STACK = 256 * 1024;

  private static void onASmallStack(Runnable work) throws InterruptedException {
    var thread = new Thread(null, work, "small-stack", SMALL_STACK);
    thread.start();
    thread.join();
  }

  @Test
  void shouldEndAfterManyStepsThatAreDoneLaterOnASmallStack() throws Exception {
    Queue<Promise<Integer>> open = new ConcurrentLinkedQueue<>();
    List<Integer> begun = new ArrayList<>();
    Future<Void> done =
        Steps.run(
            MANY,
            at -> {
              begun.add(at);
              Promise<Integer> step = Promise.promise();
              open.add(step);
              return step.future();
            });
    onASmallStack(() -> {
      for (var step = open.poll(); step != null; step = open.poll()) {
        step.complete(1);
      }
    });

    assertThat(begun).isEqualTo(IntStream.range(0, MANY).boxed().toList());
    assertThat(done.succeeded()).isTrue();
  }

  @Test
  void shouldEndAfterManyStepsThatAreDoneAtOnceOnASmallStack() throws Exception {
    Promise<Void> done = Promise.promise();
    onASmallStack(() -> Steps.run(MANY, Future::succeededFuture).onComplete(done));

    assertThat(done.future().succeeded()).isTrue();
  }

  @Test
  void shouldEndWithTheFirstStepThatFails() {
    List<Integer> begun = new ArrayList<>();
    for (boolean later : List.of(false, true)) {
      Promise<Integer> first = Promise.promise();
      Future<Void> done =
          Steps.run(
              3,
              at -> {
                begun.add(at);
                return at == 0 && later ? first.future() : failing(at);
              });
      first.tryComplete(1);
      assertThatThrownBy(() -> done.await(1, SECONDS)).hasMessage(later ? "at 1" : "at 0");
    }
    assertThat(begun).containsExactly(0, 0, 1);
  }

  @Test
  void shouldEndWithWhatAStepThrows() {
    for (boolean later : List.of(false, true)) {
      Promise<Integer> first = Promise.promise();
      Future<Void> done =
          Steps.run(
              2,
              at -> {
                if (at == 0 && later) {
                  return first.future();
                }
                throw new IllegalStateException("thrown at " + at);
              });
      first.tryComplete(1);
      assertThatThrownBy(() -> done.await(1, SECONDS))
          .hasMessage(later ? "thrown at 1" : "thrown at 0");
    }
  }

  private static Future<Integer> failing(int at) {
    return Future.failedFuture(new IllegalStateException("at " + at));
  }
}
