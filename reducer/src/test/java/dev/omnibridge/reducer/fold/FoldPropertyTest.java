// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Verdict.Folded;
import dev.omnibridge.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FoldPropertyTest {
  private static final int ROUNDS = 30;

  private final Seeds seeds = Seeds.fromProperty();
  private final RandomGenerator random = seeds.random("fold");
  private final Histories histories = new Histories(random, 3);

  @Test
  void shouldAddUpToTheSameHoweverIndependentStreamsAreInterleaved() {
    for (int round = 0; round < ROUNDS; round++) {
      var streams = histories.streams(20);
      var once = folded(histories.interleave(streams));
      var again = folded(histories.interleave(streams));
      assertThat(again).as(seeds.hint()).isEqualTo(once);
    }
  }

  @Test
  void shouldAddUpToTheSameWhenEveryEventIsRepeated() {
    for (int round = 0; round < ROUNDS; round++) {
      var events = histories.interleave(histories.streams(10));
      assertThat(folded(histories.repeat(events))).as(seeds.hint()).isEqualTo(folded(events));
    }
  }

  @Test
  void shouldCountEveryEventOnceAndEveryEndedRunAsStarted() {
    for (int round = 0; round < ROUNDS; round++) {
      var events = histories.interleave(histories.streams(20));
      var states = folded(events);
      long total = states.values().stream().mapToLong(s -> s.counters().events()).sum();
      assertThat(total).as(seeds.hint()).isEqualTo(events.size());
      assertThat(states.values())
          .as(seeds.hint())
          .allSatisfy(state -> assertThat(state.counters().active()).isNotNegative());
    }
  }

  /** The states of all namespaces, committed in batches of random sizes; versions made equal. */
  private Map<String, BridgeState> folded(List<Heard> events) {
    var views = new HashMap<StreamKey, StreamView>();
    var states = new TreeMap<String, BridgeState>();
    int at = 0;
    while (at < events.size()) {
      int end = Math.min(events.size(), at + 1 + random.nextInt(30));
      commit(events.subList(at, end), views, states);
      at = end;
    }
    states.replaceAll((_, state) -> unversioned(state));
    return states;
  }

  private static void commit(
      List<Heard> batch, Map<StreamKey, StreamView> views, Map<String, BridgeState> states) {
    var tallies = new HashMap<String, List<Tally>>();
    for (Heard event : batch) {
      var view = views.getOrDefault(event.stream(), none(event.stream()));
      if (Rules.reduce(view, event) instanceof Folded folded) {
        views.put(event.stream(), folded.view());
        tallies
            .computeIfAbsent(event.stream().namespace(), _ -> new ArrayList<>())
            .add(folded.tally());
      }
    }
    tallies.forEach((namespace, list) ->
        states.merge(
            namespace,
            BridgeState.none(namespace, Windows.Shape.STANDARD).after(list),
            (before, _) -> before.after(list)));
  }

  private static StreamView none(StreamKey stream) {
    return stream.kind().equals("workflow") ? Workflow.NONE : Stamp.NONE;
  }

  private static BridgeState unversioned(BridgeState state) {
    return new BridgeState(
        state.namespace(),
        0,
        state.counters(),
        state.fileTypes(),
        state.windows(),
        state.lastEventAt());
  }
}
