// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who counts as there; the clock and the answers are the test's. */
class ClusterTest {
  private static final Member SELF = member("a");
  private static final Member OTHER = member("b");
  private static final ClusterConfig CONFIG =
      new ClusterConfig(
          true,
          "test",
          "127.0.0.1",
          0,
          List.of(),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(15),
          "");

  private final Listed list = new Listed();
  private final Set<String> silent = new HashSet<>();
  private final Set<String> refusing = new HashSet<>();
  private final Map<String, Promise<Boolean>> unanswered = new HashMap<>();
  private final List<List<Member>> changes = new ArrayList<>();
  private final Set<String> idle = new HashSet<>();
  private boolean ownServes = true;
  private long now = 1_000_000_000_000L;
  private final Cluster cluster = cluster();

  private static Member member(String id) {
    return new Member(id, "host-" + id + ":1", Set.of("orchestrator"));
  }

  private Cluster cluster() {
    var made = new Cluster(SELF, CONFIG, list, this::pulse, () -> ownServes, () -> now);
    made.onChange(() -> changes.add(made.alive()));
    return made;
  }

  private Future<Boolean> pulse(Member member) {
    String address = member.address();
    if (address.contains("_")) {
      throw new IllegalArgumentException("Invalid DNS name: " + address);
    }
    if (silent.contains(address)) {
      return unanswered.computeIfAbsent(address, _ -> Promise.promise()).future();
    }
    return refusing.contains(address)
        ? Future.failedFuture("refused")
        : Future.succeededFuture(!idle.contains(address));
  }

  private static final class Listed implements MemberList {
    private List<Member> members = List.of();
    private boolean joined = true;
    private final List<Runnable> listeners = new ArrayList<>();

    void become(Member... now) {
      members = List.of(now);
      listeners.forEach(Runnable::run);
    }

    @Override
    public boolean joined() {
      return joined;
    }

    @Override
    public List<Member> members() {
      return members;
    }

    @Override
    public void onChange(Runnable action) {
      listeners.add(action);
    }

    @Override
    public void leave() {
      joined = false;
    }
  }

  private void beats(int count) {
    for (int i = 0; i < count; i++) {
      now += Duration.ofMillis(500).toNanos();
      cluster.beat();
    }
  }

  @AfterEach
  void close() {
    cluster.leave();
  }

  @Test
  void shouldCountAMemberAsSoonAsItIsListed() {
    list.become(SELF, OTHER);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    assertThat(cluster.alive("orchestrator")).hasSize(2);
    assertThat(cluster.alive("reducer")).isEmpty();
    assertThat(changes).hasSize(1);
  }

  @Test
  void shouldPassOverAListedMemberThatIsSilentForTwoSeconds() {
    list.become(SELF, OTHER);
    beats(1);
    silent.add(OTHER.address());
    beats(4);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    beats(1);
    assertThat(cluster.alive()).containsExactly(SELF);
    assertThat(unanswered).hasSize(1);
  }

  @Test
  void shouldCountAMemberAgainThatAnswersAgain() {
    list.become(SELF, OTHER);
    silent.add(OTHER.address());
    beats(6);
    silent.clear();
    unanswered.get(OTHER.address()).complete(true);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
  }

  @Test
  void shouldForgetAtOnceWhoIsNeitherListedNorAnswers() {
    list.become(SELF, OTHER);
    refusing.add(OTHER.address());
    beats(1);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    list.become(SELF);
    assertThat(cluster.alive()).containsExactly(SELF);
  }

  @Test
  void shouldGoOnWithAMemberThatAnswersThoughTheListHasLostIt() {
    list.become(SELF, OTHER);
    beats(1);
    list.become(SELF);
    beats(10);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    refusing.add(OTHER.address());
    beats(1);
    assertThat(cluster.alive()).containsExactly(SELF);
  }

  @Test
  void shouldNotThinkTheOthersGoneAfterAPauseOfItsOwn() {
    list.become(SELF, OTHER);
    beats(1);
    silent.add(OTHER.address());
    now += Duration.ofMinutes(1).toNanos();
    cluster.beat();
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    beats(5);
    assertThat(cluster.alive()).containsExactly(SELF);
  }

  @Test
  void shouldNotThinkTheOthersGoneWhenTheListIsTheFirstToSpeakAfterAPause() {
    list.become(SELF, OTHER);
    beats(1);
    now += Duration.ofSeconds(5).toNanos();
    list.become(SELF, OTHER, member("c"));
    assertThat(cluster.alive()).contains(SELF, OTHER);
    assertThat(changes).isNotEmpty().allMatch(seen -> seen.contains(OTHER));
  }

  @Test
  void shouldAskTheOthersThoughOneHasAnAddressThatCannotBeUsed() {
    list.become(SELF, new Member("aa", "my_host:1", Set.of("orchestrator")), OTHER);
    beats(20);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
  }

  @Test
  void shouldNotTakeASuccessorAtTheSameAddressForTheMemberThatIsGone() {
    list.become(SELF, OTHER);
    beats(1);
    var successor = new Member("z", OTHER.address(), OTHER.services());
    list.become(SELF, successor);
    beats(2);
    assertThat(cluster.alive()).containsExactly(SELF, successor);
  }

  @Test
  void shouldCountAMemberAgainThatAnswersAgainBeforeItIsListedAgain() {
    list.become(SELF, OTHER);
    refusing.add(OTHER.address());
    list.become(SELF);
    beats(20);
    assertThat(cluster.alive()).containsExactly(SELF);
    refusing.clear();
    beats(1);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
  }

  @Test
  void shouldKeepWorkFromAMemberThatHasNotServedYet() {
    idle.add(OTHER.address());
    list.become(SELF, OTHER);
    beats(1);
    assertThat(cluster.alive()).containsExactly(SELF, OTHER);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF);
    idle.clear();
    beats(1);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF, OTHER);
  }

  @Test
  void shouldTakeWorkFromAMemberThatHasNotServedForAWhileWhileAnotherHas() {
    list.become(SELF, OTHER);
    beats(1);
    idle.add(OTHER.address());
    beats(19);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF, OTHER);
    beats(4);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF);
  }

  /** As when the database is away: nobody can do better than anybody. */
  @Test
  void shouldLeaveWorkWhereItIsWhenNobodyServes() {
    list.become(SELF, OTHER);
    beats(1);
    idle.add(OTHER.address());
    ownServes = false;
    beats(100);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF, OTHER);
    ownServes = true;
    beats(1);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF, OTHER);
  }

  @Test
  void shouldLeaveTheWorkToTheOthersAndSaySoWhenItLeaves() {
    list.become(SELF, OTHER);
    beats(1);
    List<List<Member>> told = new ArrayList<>();
    cluster.onChange(() -> told.add(cluster.working("orchestrator")));
    cluster.leave();
    assertThat(told).containsExactly(List.of(OTHER));
    assertThat(cluster.alive()).containsExactly(SELF);
  }

  @Test
  void shouldHaveNoWorkWhenItHasLeftAndNobodyElseWasThere() {
    list.become(SELF);
    beats(1);
    assertThat(cluster.working("orchestrator")).containsExactly(SELF);
    cluster.leave();
    assertThat(cluster.working("orchestrator")).isEmpty();
  }

  @Test
  void shouldActAsIfAloneWhenTheClusterCannotBeJoinedInTime() {
    list.joined = false;
    assertThat(cluster.settled()).isFalse();
    beats(29);
    assertThat(cluster.settled()).isFalse();
    beats(1);
    assertThat(cluster.settled()).isTrue();
    assertThat(cluster.alive()).containsExactly(SELF);
  }
}
