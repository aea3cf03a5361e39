// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.reducer.store.ViewKey;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private final Memory memory = new Memory(50_000);

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
}
