// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.rpc.Peer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private static final Path NOWHERE = Path.of("/no/such/home");

  @Test
  void shouldPreferWhatIsNamedToTheVariableToTheDefault() {
    var setting = new TestSetting(NOWHERE).with("OMNIBRIDGE_ADDRESS", "suite:1").setting();

    assertThat(Addresses.find("other:2", setting).main()).isEqualTo("other:2");
    assertThat(Addresses.find("", setting).main()).isEqualTo("suite:1");
    assertThat(Addresses.find("", new TestSetting(NOWHERE).setting()).main())
        .isEqualTo("127.0.0.1:8060");
  }

  @Test
  void shouldFindServicesThatRunApart() {
    var setting = new TestSetting(NOWHERE).with("REDUCER_ADDRESS", "[::1]:8062").setting();
    Addresses addresses = Addresses.find("main:8060", setting);

    assertThat(addresses.of(Peer.REDUCER)).isEqualTo("[::1]:8062");
    assertThat(addresses.of(Peer.STAMPING)).isEqualTo("main:8060");
    assertThat(addresses.of(Peer.ORCHESTRATOR)).isEqualTo("main:8060");
  }
}
