// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.OutboxServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampLogServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import dev.omnibridge.bridge.FakeAnswers;
import dev.omnibridge.bridge.TestSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every text of every answer would take over the terminal. */
class TextsOfOthersTest {
  private static final String HOSTILE = "hostile\033[2J\r\n\u007f\u009b2J";

  @TempDir private static Path home = Path.of("");
  private static FakeAnswers suite;

  @BeforeAll
  static void start() throws IOException {
    suite =
        new FakeAnswers(
            HOSTILE,
            WorkflowServiceGrpc.getServiceDescriptor(),
            StateServiceGrpc.getServiceDescriptor(),
            LogServiceGrpc.getServiceDescriptor(),
            OutboxServiceGrpc.getServiceDescriptor(),
            DeadLetterServiceGrpc.getServiceDescriptor(),
            ContentServiceGrpc.getServiceDescriptor(),
            StampingServiceGrpc.getServiceDescriptor(),
            StampLogServiceGrpc.getServiceDescriptor(),
            IntelligenceServiceGrpc.getServiceDescriptor());
    Files.writeString(home.resolve("a.md"), "text\n");
  }

  @AfterAll
  static void stop() throws InterruptedException {
    suite.close();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          list, 0
          describe w, 0
          describe w -o json, 0
          history w, 0
          watch w, 0
          watch w -o json, 0
          cancel w, 0
          submit HOME/a.md, 0
          state, 0
          state n, 0
          state n -o json, 0
          events --since 1h, 0
          trace id, 0
          outbox status, 0
          outbox republish --all, 0
          dead-letters list, 0
          dead-letters show 1, 0
          dead-letters history, 0
          dead-letters redrive 1, 0
          dead-letters redrive --all --dry-run, 0
          stamp --hash HASH, 0
          audit, 1
          analyze HOME/a.md, 0
          similar HASH, 0
          tree HOME, 0
          ask HOME words, 0
          """)
  void shouldNotReachTheTerminalAsTheyAre(String line, int code) {
    String[] arguments =
        line.replace("HOME", home.toString()).replace("HASH", "0".repeat(64)).split(" ");
    for (boolean terminal : new boolean[] {false, true}) {
      var command = new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());

      assertThat((terminal ? command.onTerminal() : command).run(arguments))
          .as(command.err())
          .isEqualTo(code);

      assertThat(command.out()).contains("hostile");
      assertThat(unpainted(command.out() + (terminal ? "" : command.err())).chars())
          .as(command.out() + command.err())
          .noneMatch(c -> c != '\n' && Character.isISOControl(c));
      assertThat(command.out().lines()).noneMatch(text -> text.startsWith("2J"));
    }
  }

  /** Without the colours that are the command's own. */
  private static String unpainted(String text) {
    return text.replaceAll("\033\\[\\d+m", "");
  }
}
