// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.runtime.rpc.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private final List<List<String>> asked = new ArrayList<>();

  private Routes routes(Addresses addresses) {
    return new Routes(
        addresses,
        named -> {
          asked.add(named);
          return Whereabouts.allAt(named.getFirst());
        });
  }

  @Test
  void shouldTryWhatFailedLastAfterEverythingElse() {
    var routes = routes(new Addresses(List.of("a:1", "b:1", "c:1"), Map.of()));

    routes.failed("a:1");
    routes.failed("b:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("c:1", "a:1", "b:1");

    routes.failed("a:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("c:1", "b:1", "a:1");

    routes.worked("b:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("c:1", "b:1", "a:1");
    routes.worked("a:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("c:1", "a:1", "b:1");
  }

  @Test
  void shouldAskWhereServicesAreOnceWhileTheyAnswer() {
    var routes = routes(new Addresses(List.of("a:1", "b:1"), Map.of()));

    assertThat(routes.to(Peer.REDUCER)).isEqualTo(routes.to(Peer.STAMPING));
    assertThat(asked).hasSize(1);

    routes.failed("a:1");
    routes.failed("b:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("a:1", "b:1");
    assertThat(asked).hasSize(2);
  }

  @Test
  void shouldNotAskForWhatTheUserNamed() {
    var named = Map.of(Peer.REDUCER, List.of("r:1", "r:2"));
    var routes = routes(new Addresses(List.of("a:1"), named));

    routes.failed("r:1");
    assertThat(routes.to(Peer.REDUCER)).containsExactly("r:2", "r:1");
    assertThat(asked).isEmpty();
  }
}
