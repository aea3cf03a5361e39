// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.directory.v1.Instance;
import dev.omnibridge.api.directory.v1.ListInstancesResponse;
import dev.omnibridge.runtime.rpc.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhereaboutsTest {
  private static Whereabouts answer(String asked, Instance instance) {
    return Whereabouts.of(asked, ListInstancesResponse.newBuilder().addInstances(instance).build());
  }

  @Test
  void shouldReachTheProcessThatAnsweredWhereItWasAsked() {
    var self =
        Instance.newBuilder().setService("reducer").setAddress("10.0.0.7:8062").setSelf(true);

    assertThat(answer("forwarded.example:9000", self.build()).of(Peer.REDUCER))
        .containsExactly("forwarded.example:9000");
  }

  @ParameterizedTest
  @CsvSource({
    "far.example:8060, 127.0.0.1:8062, far.example:8062",
    "far.example:8060, localhost:8062, far.example:8062",
    "far.example:8060, near.example:8062, near.example:8062",
    "127.0.0.1:8060, 127.0.0.1:8062, 127.0.0.1:8062",
    "localhost:8060, 127.0.0.1:8062, 127.0.0.1:8062",
    "[2001:db8::1]:8060, 127.0.0.1:8062, [2001:db8::1]:8062"
  })
  void shouldTakeALoopbackAddressForThatOfTheMachineThatTellsIt(
      String asked, String told, String reached) {
    var reducer = Instance.newBuilder().setService("reducer").setAddress(told).build();

    assertThat(answer(asked, reducer).of(Peer.REDUCER)).containsExactly(reached);
  }

  @Test
  void shouldReachOthersWhereTheyWereAskedToo() {
    var reducer = Instance.newBuilder().setService("reducer").setAddress("10.0.0.7:8062");
    var first = answer("127.0.0.1:8060", reducer.build());
    var second = answer("127.0.0.1:8072", reducer.clone().setSelf(true).build());

    assertThat(first.leadsBeyond(List.of("127.0.0.1:8060", "127.0.0.1:8072"))).isTrue();
    var seen = first.seenWith(List.of(second));
    assertThat(seen.of(Peer.REDUCER)).containsExactly("127.0.0.1:8072");
    assertThat(seen.leadsBeyond(List.of("127.0.0.1:8060", "127.0.0.1:8072"))).isFalse();
    assertThat(Whereabouts.allAt("a:1").leadsBeyond(List.of("b:1"))).isFalse();
  }

  @Test
  void shouldTakeEverythingToBeInAProcessWithoutADirectory() {
    var all = Whereabouts.allAt("127.0.0.1:1");

    for (Peer peer : Peer.values()) {
      assertThat(all.of(peer)).containsExactly("127.0.0.1:1");
    }
  }
}
