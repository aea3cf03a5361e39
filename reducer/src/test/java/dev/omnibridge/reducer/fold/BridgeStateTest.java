// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.reducer.fold.Change.Added;
import dev.omnibridge.reducer.fold.Change.Began;
import dev.omnibridge.reducer.fold.Change.Finished;
import dev.omnibridge.reducer.fold.Change.Lasted;
import dev.omnibridge.reducer.fold.Change.Nothing;
import dev.omnibridge.reducer.fold.Change.Resized;
import dev.omnibridge.reducer.fold.StreamView.Stamp;
import dev.omnibridge.reducer.fold.StreamView.Workflow;
import dev.omnibridge.reducer.fold.Windows.Count;
import dev.omnibridge.reducer.fold.Windows.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BridgeStateTest {
  private static final Instant START = Instant.EPOCH.plusSeconds(4_000);
  private static final BridgeState NONE = BridgeState.none("default", Shape.STANDARD);

  @Test
  void shouldAddUpWhatHappened() {
    var state =
        NONE.after(
            List.of(
                tally(0, new Began()),
                tally(0, new Began()),
                tally(1, new Added(100, "java")),
                tally(1, new Added(50, "java")),
                tally(1, new Added(7, "md")),
                tally(2, new Resized(-10)),
                tally(3, new Finished(Phase.COMPLETED)),
                tally(3, new Lasted(Duration.ofMillis(3_001)))));

    assertThat(state.version()).isEqualTo(1);
    assertThat(state.counters().active()).isEqualTo(1);
    assertThat(state.counters().completed()).isEqualTo(1);
    assertThat(state.counters().stamps()).isEqualTo(3);
    assertThat(state.counters().bytes()).isEqualTo(147);
    assertThat(state.counters().events()).isEqualTo(8);
    assertThat(state.fileTypes()).containsExactly(entry("java", 2L), entry("md", 1L));
    assertThat(state.meanWorkflowDuration()).contains(Duration.ofMillis(3_001));
    assertThat(state.lastEventAt()).isEqualTo(START.plusSeconds(3));
  }

  @Test
  void shouldCountAnEventInBothWindowsWhereTheyOverlap() {
    var state =
        NONE.after(List.of(tally(1, new Nothing()), tally(4.5, new Finished(Phase.FAILED))));

    assertThat(state.windows().counts())
        .containsExactly(
            entry(START, new Count(2, 0, 1)), entry(START.plusSeconds(4), new Count(1, 0, 1)));
  }

  @Test
  void shouldCountTheFirstMomentOfAWindowInAndTheLastOut() {
    var first = NONE.after(List.of(tally(0, new Nothing())));
    assertThat(first.windows().counts().keySet()).containsExactly(START.minusSeconds(4), START);
    var end = NONE.after(List.of(tally(5, new Nothing())));
    assertThat(end.windows().counts().keySet()).containsExactly(START.plusSeconds(4));
  }

  @Test
  void shouldForgetWindowsThatEndedAMinuteBeforeTheNewestEvent() {
    var early = NONE.after(List.of(tally(1, new Nothing())));
    assertThat(early.after(List.of(tally(64.999, new Nothing()))).windows().counts())
        .containsKey(START);
    assertThat(early.after(List.of(tally(65, new Nothing()))).windows().counts())
        .doesNotContainKey(START);
  }

  @Test
  void shouldReadWhatItWrote() throws Exception {
    var state =
        NONE.after(List.of(tally(0, new Began()), tally(1, new Added(5, "txt"))))
            .after(List.of(tally(9, new Finished(Phase.TERMINATED)), tally(9, new Resized(3))));
    var json = new ObjectMapper().readTree(BridgeJson.write(state).toString());

    assertThat(BridgeJson.read("default", 2, json, Shape.STANDARD)).isEqualTo(state);
    assertThat(BridgeJson.read("default", 0, BridgeJson.write(NONE), Shape.STANDARD))
        .isEqualTo(NONE);
  }

  @Test
  void shouldStartWindowsAnewWhenTheirShapeHasChanged() {
    var state = NONE.after(List.of(tally(0, new Began())));
    var other = new Shape(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(1));
    var read = BridgeJson.read("default", 1, BridgeJson.write(state), other);
    assertThat(read.windows()).isEqualTo(Windows.empty(other));
    assertThat(read.counters()).isEqualTo(state.counters());
  }

  @Test
  void shouldReadTheViewsThatItWrote() {
    List<StreamView> views =
        List.of(
            new Workflow(4, Phase.RUNNING, START, null, 2, 1, 3),
            new Workflow(9, Phase.FAILED, START, START.plusSeconds(1), 0, 0, 0),
            new Stamp(2, 77));
    for (StreamView view : views) {
      assertThat(ViewJson.read(view.version(), ViewJson.state(view), ViewJson.write(view)))
          .isEqualTo(view);
    }
  }

  private static Tally tally(double seconds, Change change) {
    return new Tally(START.plusMillis(Math.round(seconds * 1_000)), change);
  }
}
