// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.runtime.Env;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Members that know each other by name. */
class HazelcastMembersIT {
  private final String name = "names-" + UUID.randomUUID();

  private HazelcastMembers join(String host, int port, String members) {
    var config =
        ClusterConfig.from(
            Env.of(
                Map.of(
                    "CLUSTER_NAME", name,
                    "CLUSTER_HOST", host,
                    "CLUSTER_PORT", Integer.toString(port),
                    "CLUSTER_MEMBERS", members)));
    return HazelcastMembers.join(config, new Member(host, host + ":1", Set.of("reducer")));
  }

  /** 127.0.0.2 is an address of this machine too, but not the one that the name stands for. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldMeetByANameThatStandsForAnotherAddressBesideOneThatStandsForNone() {
    int port = FreePorts.next();
    var first = join("127.0.0.1", port, "127.0.0.1:" + port);
    var second = join("127.0.0.2", port, "no-such-host.invalid:5701,localhost:" + port);
    try {
      await().atMost(Duration.ofSeconds(60)).until(() -> second.members().size() == 2);
    } finally {
      second.leave();
      first.leave();
    }
  }
}
