// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private static final Path NOWHERE = Path.of("/no/such/home");

  @Test
  void shouldPreferWhatIsNamedToTheVariableToTheDefault() {
    var setting = new TestSetting(NOWHERE).with("OMNIBRIDGE_ADDRESS", "suite:1").setting();

    assertThat(Addresses.find("other:2", setting).main()).containsExactly("other:2");
    assertThat(Addresses.find("", setting).main()).containsExactly("suite:1");
    assertThat(Addresses.find("", new TestSetting(NOWHERE).setting()).main())
        .containsExactly("127.0.0.1:8060");
  }

  @Test
  void shouldTakeSeveralAddressesInTheirOrder() {
    var setting = new TestSetting(NOWHERE).with("OMNIBRIDGE_ADDRESS", "b:1, a:2,b:1").setting();

    assertThat(Addresses.find("", setting).main()).containsExactly("b:1", "a:2");
    assertThat(Addresses.find("", setting).told()).isEqualTo("b:1, a:2");
  }

  @Test
  void shouldTakeTheVariablesOfServicesThatRunApart() {
    var setting =
        new TestSetting(NOWHERE)
            .with("REDUCER_ADDRESS", "[::1]:8062")
            .with("ORCHESTRATOR_ADDRESS", "a:1,b:1")
            .setting();

    assertThat(Addresses.find("main:8060", setting).apart())
        .containsOnly(
            entry(Peer.REDUCER, List.of("[::1]:8062")),
            entry(Peer.ORCHESTRATOR, List.of("a:1", "b:1")));
  }
}
