// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.rpc.EdgeConfig;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:1", "db_adapter.my-net:65535", "10.0.0.1:8061", "[::1]:1", "a:0080"})
  void shouldTakeHostAndPort(String address) {
    assertThat(Addresses.isHostAndPort(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "a:",
        ":1",
        "a:0",
        "a:65536",
        "a:x",
        "a:-1",
        "::1",
        "::1:80",
        "[::1]",
        "[a]:1",
        "[::1:1",
        "a b:1",
        "http://a:1",
        "a/b:1",
        "-a:1",
        "a:1:2",
        "[:::]:1"
      })
  void shouldRefuseAnythingElse(String address) {
    assertThat(Addresses.isHostAndPort(address)).isFalse();
  }

  @Test
  void shouldNameTheVariableOfAPeerThatCannotBeFoundThere() {
    var env =
        Env.of(
            Map.of(
                "DB_ADAPTER_ADDRESS", "localhost",
                "REDUCER_ADDRESS", "a:1, b_c:2",
                "STAMPING_ADDRESS", ","));
    var config = EdgeConfig.single(Peer.ORCHESTRATOR, env);
    assertThat(config.peers()).isEqualTo(Map.of(Peer.REDUCER, "a:1,b_c:2"));
    assertThatThrownBy(() -> env.check(config))
        .hasMessageContaining(
            "DB_ADAPTER_ADDRESS=localhost is not usable: host:port is needed; STAMPING_ADDRESS=,");
  }
}
