// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.Tally;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.ViewKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<Tally> THOUSAND_TYPES =
      IntStream.range(0, 1_000).mapToObj(i -> new Tally(NOON, new Added(1, "t" + i))).toList();

  private final Memory memory = new Memory(50_000);

  @Test
  void shouldKeepFewerNamespacesWhenTheyHaveManyTypes() {
    for (int i = 0; i < 900; i++) {
      commit(full("ns" + i));
    }
    int types =
        IntStream.range(0, 900)
            .mapToObj(i -> memory.bridge("ns" + i))
            .filter(Objects::nonNull)
            .mapToInt(state -> state.fileTypes().size())
            .sum();
    assertThat(types).isBetween(50_000, 100_000);
    assertThat(memory.bridge("ns899")).isNotNull();
    assertThat(memory.bridge("ns0")).isNull();
  }

  @Test
  void shouldKeepANamespaceHoweverOftenItIsCommitted() {
    commit(none("quiet"));
    for (int i = 0; i < 900; i++) {
      commit(full("busy"));
    }
    assertThat(memory.bridge("quiet")).isNotNull();
  }

  @Test
  void shouldNotTrustAViewThatIsOlderThanTheMemoryOfItsNamespace() {
    var key = new ViewKey("ns0", "old");
    memory.committed(Map.of(key, new Stamp(1, 5)), Map.of("ns0", none("ns0")));
    assertThat(memory.view(key)).isNotNull();
    for (int i = 1; i <= 1_000; i++) {
      commit(none("ns" + i));
    }
    assertThat(memory.bridge("ns0")).isNull();
    commit(none("ns0"));
    assertThat(memory.view(key)).isNull();

    memory.committed(Map.of(key, new Stamp(2, 5)), Map.of("ns0", none("ns0")));
    commit(none("ns0"));
    assertThat(memory.view(key)).isEqualTo(new Stamp(2, 5));
  }

  private void commit(BridgeState state) {
    memory.committed(Map.of(), Map.of(state.namespace(), state));
  }

  private static BridgeState none(String namespace) {
    return BridgeState.none(namespace, Windows.Shape.STANDARD);
  }

  private static BridgeState full(String namespace) {
    return none(namespace).after(THOUSAND_TYPES);
  }
}
