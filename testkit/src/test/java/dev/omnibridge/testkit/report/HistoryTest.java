// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import static dev.omnibridge.testkit.report.Runs.FLOW;
import static dev.omnibridge.testkit.report.Runs.millis;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir private Path directory;

  private static RunReport run(int millis) {
    return Runs.embedded(millis(FLOW, millis));
  }

  private static List<Double> flows(List<RunReport> runs) {
    return runs.stream().map(run -> run.rows().getFirst().summary().max()).toList();
  }

  @Test
  void shouldKeepTheLastRunsAndNoMore() throws Exception {
    var history = new History(directory.resolve("deeper/thresholds.jsonl"), 3);
    assertThat(history.read()).isEmpty();
    for (int millis = 1; millis <= 5; millis++) {
      assertThat(flows(history.append(run(millis)))).endsWith((double) millis);
    }
    assertThat(flows(history.read())).containsExactly(3.0, 4.0, 5.0);
    assertThat(history.file()).content().hasLineCount(3);
  }

  @Test
  void shouldPassOverWhatIsNoReport() throws Exception {
    var history = new History(directory.resolve("thresholds.jsonl"), 10);
    history.append(run(1));
    Files.writeString(
        history.file(),
        "{\"format\":0}\n{\"form\n\n{\"format\":1}\n"
            + Files.readString(history.file()).replace("2026-03-01T12", "noon"),
        StandardOpenOption.APPEND);
    assertThat(flows(history.read())).containsExactly(1.0);
    assertThat(flows(history.append(run(2)))).containsExactly(1.0, 2.0);
    assertThat(history.file()).content().hasLineCount(2);
  }
}
