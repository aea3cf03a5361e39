// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static dev.omnibridge.e2e.Way.FIVE_PROCESSES;
import static dev.omnibridge.e2e.Way.ONE_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.e2e.infrastructure.Infrastructure.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaysToRunTest {
  private static final List<Way> ANY = List.of();

  @Test
  void shouldTellEveryStoryInOneProcessAndCriticalPathsAsFiveBesidesWhenEmbedded() {
    assertThat(WaysToRun.of(Kind.EMBEDDED, false, ANY)).containsExactly(ONE_PROCESS);
    assertThat(WaysToRun.of(Kind.EMBEDDED, true, ANY)).containsExactly(ONE_PROCESS, FIVE_PROCESSES);
  }

  @Test
  void shouldTellEveryStoryAsFiveProcessesOnContainers() {
    assertThat(WaysToRun.of(Kind.CONTAINERS, false, ANY)).containsExactly(FIVE_PROCESSES);
    assertThat(WaysToRun.of(Kind.CONTAINERS, true, ANY)).containsExactly(FIVE_PROCESSES);
  }

  @Test
  void shouldTellOnlyCriticalPathsOnServersOfOthers() {
    assertThat(WaysToRun.of(Kind.EXTERNAL, false, ANY)).isEmpty();
    assertThat(WaysToRun.of(Kind.EXTERNAL, true, ANY)).containsExactly(FIVE_PROCESSES);
  }

  @Test
  void shouldKeepToTheWaysThatAStoryNames() {
    assertThat(WaysToRun.of(Kind.EMBEDDED, false, List.of(FIVE_PROCESSES)))
        .containsExactly(FIVE_PROCESSES);
    assertThat(WaysToRun.of(Kind.CONTAINERS, true, List.of(ONE_PROCESS))).isEmpty();
  }
}
