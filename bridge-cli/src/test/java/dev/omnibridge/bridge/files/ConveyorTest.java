// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConveyorTest {
  private static Conveyor.Source<Integer> upTo(int end) {
    return belt -> {
      for (int i = 0; i < end; i++) {
        belt.put(i, 1);
      }
    };
  }

  @Test
  void shouldGiveAllResultsInTheOrderOfTheSource() {
    List<Integer> results = new ArrayList<>();

    Conveyor.run(upTo(10_000), List::copyOf, results::add);

    assertThat(results).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
  }

  @Test
  void shouldGiveNothingForNothing() {
    Conveyor.run(upTo(0), List::copyOf, result -> assertThat(result).isNull());
  }

  @Test
  void shouldPutLargeThingsIntoBatchesOfTheirOwn() {
    var batches = new AtomicInteger();

    Conveyor.run(
        (Conveyor.Belt<String> belt) -> {
          for (int i = 0; i < 5; i++) {
            belt.put("large", 1L << 30);
          }
        },
        batch -> {
          batches.incrementAndGet();
          return batch;
        },
        result -> assertThat(result).isEqualTo("large"));

    assertThat(batches).hasValue(5);
  }

  @Test
  void shouldEndWithTheFirstFailureOfTheWorkHoweverMuchIsStillToCome() {
    assertThatThrownBy(() ->
            Conveyor.run(
                upTo(10_000_000),
                batch -> {
                  throw new IllegalArgumentException("bad " + batch.getFirst());
                },
                result -> assertThat(result).isNull()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bad 0");
  }

  @Test
  void shouldEndWithTheFailureOfTheSource() {
    List<Integer> results = new ArrayList<>();

    assertThatThrownBy(() ->
            Conveyor.run(
                (Conveyor.Belt<Integer> belt) -> {
                  belt.put(1, 1);
                  throw new IllegalStateException("no more");
                },
                List::copyOf,
                results::add))
        .hasMessage("no more");
  }

  @Test
  void shouldEndWithTheErrorOfTheSource() {
    assertThatThrownBy(() ->
            Conveyor.run(
                (Conveyor.Belt<Integer> belt) -> {
                  throw new StackOverflowError("too deep");
                },
                List::copyOf,
                result -> assertThat(result).isNull()))
        .hasRootCauseMessage("too deep");
  }
}
