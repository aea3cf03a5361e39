// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.runtime.Env;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {
  private static ClusterConfig of(String... variables) {
    var map = new HashMap<String, String>();
    for (int i = 0; i < variables.length; i += 2) {
      map.put(variables[i], variables[i + 1]);
    }
    Env env = Env.of(map);
    return env.check(ClusterConfig.from(env));
  }

  @Test
  void shouldReportEverythingThatCannotWorkAtOnce() {
    Env env =
        Env.of(
            Map.of(
                "CLUSTER_SUSPECT_AFTER", "1400ms",
                "CLUSTER_MEMBER_TIMEOUT", "1s",
                "CLUSTER_PORT", "65520",
                "CLUSTER_MEMBERS", "a,b:0",
                "BIND_HOST", "0.0.0.0"));
    ClusterConfig config = ClusterConfig.from(env);
    assertThatThrownBy(() -> env.check(config))
        .hasMessageContaining("CLUSTER_SUSPECT_AFTER=1400ms is not usable: at least 1500ms")
        .hasMessageContaining("CLUSTER_MEMBER_TIMEOUT=1s is not usable: at least 2000ms")
        .hasMessageContaining("CLUSTER_PORT=65520 is not usable")
        .hasMessageContaining("CLUSTER_MEMBERS=a,b:0 is not usable: host or host:port is needed")
        .hasMessageContaining("ADVERTISED_HOST is needed with BIND_HOST=0.0.0.0");
  }

  @Test
  void shouldTakeTheLeastAndTheMost() {
    ClusterConfig config =
        of(
            "CLUSTER_SUSPECT_AFTER", "1500ms",
            "CLUSTER_MEMBER_TIMEOUT", "2s",
            "CLUSTER_PORT", "65515",
            "CLUSTER_MEMBERS", "a_b, [::1]:5701,10.0.0.1,");
    assertThat(config.suspectAfter()).isEqualTo(Duration.ofMillis(1500));
    assertThat(config.memberTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.port()).isEqualTo(65_515);
    assertThat(config.members()).isEqualTo(List.of("a_b", "[::1]:5701", "10.0.0.1"));
  }

  @Test
  void shouldNeedAHostThatOthersReachWhenItListensEverywhere() {
    assertThatThrownBy(() -> of("BIND_HOST", "::")).hasMessageContaining("BIND_HOST=::, so that");
    assertThat(of("BIND_HOST", "::", "ADVERTISED_HOST", "here").advertisedHost()).isEqualTo("here");
    assertThat(of("BIND_HOST", "::", "ADVERTISED_HOST", "here").listensEverywhere()).isTrue();
    assertThat(of("BIND_HOST", "0.0.0.0", "CLUSTER", "false").enabled()).isFalse();
    assertThatThrownBy(() -> of("ADVERTISED_HOST", "here:1"))
        .hasMessageContaining("ADVERTISED_HOST=here:1 is not usable: a host without a port");
  }

  @Test
  void shouldMeetOverIpv4ButServeAnywhere() throws Exception {
    assertThatThrownBy(() -> of("BIND_HOST", "::1"))
        .hasMessageContaining("CLUSTER_HOST=::1 is not usable: an IPv4 address");
    ClusterConfig config = of("BIND_HOST", "::1", "CLUSTER_HOST", "localhost");
    assertThat(config.advertisedHost()).isEqualTo("[::1]");
    assertThat(HazelcastMembers.ipv4(config.host())).isEqualTo("127.0.0.1");
  }
}
