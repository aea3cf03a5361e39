// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.Shards;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private List<String> nodes(int count) {
    return Stream.generate(() -> new UUID(random.nextLong(), random.nextLong()).toString())
        .limit(count)
        .toList();
  }

  @Test
  void shouldComeToTheSameOwnersInWhateverOrderTheNodesAreSeen() {
    List<String> nodes = nodes(5);
    List<String> shuffled = new ArrayList<>(nodes);
    Collections.shuffle(shuffled, random);
    assertThat(Rendezvous.owners(shuffled)).as("seed %d", seed).isEqualTo(Rendezvous.owners(nodes));
  }

  @Test
  void shouldMoveOnlyTheShardsOfANodeThatGoes() {
    List<String> nodes = nodes(4);
    String gone = nodes.getFirst();
    String[] before = Rendezvous.owners(nodes);
    String[] after = Rendezvous.owners(nodes.subList(1, 4));
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (!before[shard].equals(gone)) {
        assertThat(after[shard]).as("seed %d", seed).isEqualTo(before[shard]);
      }
    }
  }

  /** Binomial: 128 of 256 with a deviation of 8; five deviations are allowed. */
  @Test
  void shouldGiveEachOfTwoNodesAboutHalf() {
    List<String> nodes = nodes(2);
    long first = Arrays.stream(Rendezvous.owners(nodes)).filter(nodes.getFirst()::equals).count();
    assertThat(first).as("seed %d", seed).isBetween(88L, 168L);
  }

  @Test
  void shouldGiveEverythingToTheOnlyNode() {
    assertThat(IntStream.range(0, Shards.COUNT).mapToObj(i -> Rendezvous.owners(List.of("a"))[i]))
        .containsOnly("a");
  }
}
