// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.rpc.Directory.Source;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DirectoryTest {
  private final Directory directory =
      new Directory(
          new EdgeConfig(
              "127.0.0.1", 0, Map.of(Peer.REDUCER, "one:1, two:2,"), Set.of(Peer.ORCHESTRATOR)));

  @Test
  void shouldFallBackToThePortOfEachServiceOnThisMachineWhenNobodySaysWhereItIs() {
    for (Peer peer : Set.of(Peer.DB_ADAPTER, Peer.STAMPING, Peer.INTELLIGENCE)) {
      var found = directory.find(peer);

      assertThat(found.source()).isEqualTo(Source.DEFAULT);
      assertThat(found.addresses()).containsExactly(peer.defaultAddress());
    }
    assertThat(Peer.STAMPING.defaultAddress()).isEqualTo("127.0.0.1:8053");
  }

  @Test
  void shouldPreferWhatIsHereAndWhatIsNamedToTheDefault() {
    assertThat(directory.find(Peer.ORCHESTRATOR).source()).isEqualTo(Source.LOCAL);
    assertThat(directory.find(Peer.ORCHESTRATOR).addresses()).isEmpty();
    assertThat(directory.find(Peer.REDUCER).source()).isEqualTo(Source.CONFIGURED);
    assertThat(directory.find(Peer.REDUCER).addresses()).containsExactly("one:1", "two:2");
  }
}
