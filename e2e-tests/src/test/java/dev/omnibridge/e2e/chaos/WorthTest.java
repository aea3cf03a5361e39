// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorthTest {
  private static final Map<Work, Long> MUCH =
      Map.of(Work.SUBMISSIONS, 90L, Work.STAMPS, 90L, Work.FOREIGN_EVENTS, 90L);

  private final List<Claims.Submission> submissions = new ArrayList<>();
  private final List<Kept.Run> runs = new ArrayList<>();

  private static Hit hit(FaultKind kind, boolean served, int connections, boolean sprung) {
    var fault = new Fault(Duration.ZERO, Target.STAMPING, kind, Duration.ofSeconds(1), 0);
    return new Hit(fault, served, connections, sprung);
  }

  private List<String> lacks(List<Hit> hits, Map<Work, Long> inWaves, Map<Work, Long> all) {
    for (Orders kind : Orders.values()) {
      var due = new Claims.Due(kind.name(), "COMPLETED", 0, 0, List.of());
      submissions.add(
          new Claims.Submission("n", kind.name(), List.of(), due, List.of("run"), null));
      runs.add(new Kept.Run("n", "run", kind.name(), "COMPLETED", true, 1, 0));
    }
    return remaining(hits, inWaves, all);
  }

  private List<String> remaining(List<Hit> hits, Map<Work, Long> inWaves, Map<Work, Long> all) {
    var claims = new Claims(submissions, List.of(), List.of());
    var kept = new Kept(runs, Map.of(), List.of(), List.of(), Map.of(), List.of(), List.of());
    return new Worth(hits, 3, inWaves, all).lacks(claims, kept);
  }

  @Test
  void shouldLackNothingWhenFaultsMetWhatServedAndClientsWereAnswered() {
    assertThat(lacks(List.of(hit(FaultKind.KILL, true, 0, false)), MUCH, MUCH)).isEmpty();
  }

  @Test
  void shouldCountAConnectionsFaultOnlyWhereOneIsOpen() {
    assertThat(hit(FaultKind.STRAND, true, 0, false).struck()).isFalse();
    assertThat(hit(FaultKind.STRAND, true, 1, false).struck()).isTrue();
    assertThat(hit(FaultKind.CUT, false, 1, false).struck()).isFalse();
  }

  @Test
  void shouldLackFaultsThatMetSomething() {
    var hits = Collections.nCopies(4, hit(FaultKind.PAUSE, false, 3, false));
    assertThat(lacks(hits, MUCH, MUCH))
        .containsExactly(
            "PAUSE struck a serving target: 0 of 4", "a serving target was struck: 0 of 4");
  }

  @Test
  void shouldLackCutsInTheMiddle() {
    var hits = Collections.nCopies(4, hit(FaultKind.CUT, true, 3, false));
    assertThat(lacks(hits, MUCH, MUCH))
        .containsExactly("no connection was cut in the middle in 4 cuts");
  }

  @Test
  void shouldLackAnswersInAllAndInWaves() {
    var few = Map.of(Work.SUBMISSIONS, 90L, Work.STAMPS, 90L);
    assertThat(lacks(List.of(), few, few))
        .containsExactly(
            "foreign events acknowledged: 0 in 3 waves",
            "foreign events acknowledged in waves: 0 in 3 waves");
  }

  @Test
  void shouldLackAKindOfOrderThatHasNotEnded() {
    assertThat(remaining(List.of(), MUCH, MUCH)).hasSize(Orders.values().length);
  }
}
