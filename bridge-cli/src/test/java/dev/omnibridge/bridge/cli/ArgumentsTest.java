// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.TestSetting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ArgumentsTest {
  @TempDir private Path home = Path.of("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "servers",
        "demo",
        "services",
        "submit",
        "watch",
        "list",
        "describe",
        "history",
        "cancel",
        "stamp",
        "verify",
        "state",
        "events",
        "trace",
        "export",
        "outbox",
        "dead-letters"
      })
  void shouldExplainEveryVerbWithExamplesAndExitCodes(String verb) {
    var command = new TestSetting(home);

    assertThat(command.run(verb, "--help")).isZero();
    assertThat(command.out())
        .contains("Usage: bridge " + verb)
        .contains("Exit codes:", "4   the suite cannot be reached")
        .contains("Examples:", "./bridge " + verb);
  }

  @Test
  void shouldBuildOnlyTheVerbThatIsAskedFor() {
    var setting = new TestSetting(home).setting();

    for (String verb : CommandTree.of(setting).getSubcommands().keySet()) {
      String[] arguments = {verb, "--help"};
      assertThat(CommandTree.fitting(arguments, setting).getSubcommands()).containsOnlyKeys(verb);
    }
    assertThat(CommandTree.fitting(new String[] {"--help"}, setting).getSubcommands().keySet())
        .isEqualTo(CommandTree.of(setting).getSubcommands().keySet());
  }

  @Test
  void shouldListEveryVerbInTheHelpOfTheCommand() {
    var command = new TestSetting(home);

    assertThat(command.run()).isZero();
    assertThat(command.out()).contains(CommandTree.of(command.setting()).getSubcommands().keySet());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          frobnicate                           | There is no verb 'frobnicate'; see ./bridge --help.
          describe                             | Missing required parameter: 'ID'
          list --frob                          | Unknown option: '--frob'
          list --state SLEEPING                | it is one of PENDING, RUNNING
          list --limit 0                       | --limit must be 1 or more, not 0.
          list --address nowhere               | 'nowhere' is no address; give host:port
          --address nowhere list               | 'nowhere' is no address; give host:port
          --address=nowhere list               | 'nowhere' is no address; give host:port
          --address nowhere dead-letters list  | 'nowhere' is no address; give host:port
          --address nowhere describe -- -id    | 'nowhere' is no address; give host:port
          --address a:1                        | Give a verb behind the address
          --address                            | Missing required parameter for option '--address'
          --address a:1 list --address b:1     | should be specified only once
          --address a:1 frobnicate             | There is no verb 'frobnicate'; see ./bridge --help.
          --address a:1 up                     | Unknown options: '--address', 'a:1'
          list --address 127.0.0.1:99999       | '127.0.0.1:99999' is no address
          list --address a:1,,b:1              | '' is no address
          servers --kafka-port x               | '--kafka-port'
          list -o xml                          | 'xml'
          watch w --timeout soon               | a span is a number with ms, s, m, h or d
          submit x --wait --timeout 200000d    | a span is 36500 d at most
          up --port 70000                      | --port must be from 0 to 65535, not 70000.
          up --postgres-port=-1                | --postgres-port must be from 0 to 65535, not -1.
          up --kafka-port 65536                | --kafka-port must be from 0 to 65535, not 65536.
          servers --pg-port 70000              | --postgres-port must be from 0 to 65535
          servers --kafka-port=-5              | --kafka-port must be from 0 to 65535, not -5.
          demo --limit 0                       | --limit must be 1 or more, not 0.
          demo --limit=-1                      | --limit must be 1 or more, not -1.
          backup list 20261121T130600.123Z     | A backup is named only to backup verify.
          backup make 20261121T130600.123Z     | A backup is named only to backup verify.
          backup list --keep 3                 | --keep goes with backup make.
          backup verify --archive-every 5s     | --archive-every goes with backup make.
          events --since yesterday             | a time is like 2026-11-21T10:00:00Z
          events --stream workflow             | 'workflow' is no stream; give KIND/NAMESPACE/ID
          events --field workflow_id           | 'workflow_id' is no field; give NAME=VALUE.
          trace x --limit 0                    | --limit must be 1 or more, not 0.
          outbox                               | Say which: outbox status or republish; see .
          outbox republish --range 1-2         | '1-2' is no place in a lane; give LANE:FROM-TO
          outbox republish --stream workflow   | 'workflow' is no stream; give KIND/NAMESPACE/ID
          stamp                                | Give files to stamp, or hashes with --hash
          stamp /no/such/file                  | There is no file /no/such/file.
          submit /no/such/file                 | There is no file /no/such/file.
          """)
  void shouldSayInOneSentenceWhatIsWrongWithTheArguments(String line, String sentence) {
    var command = new TestSetting(home);

    assertThat(command.run(line.split(" "))).isEqualTo(ExitCode.USAGE.code());
    assertThat(command.out()).isEmpty();
    assertThat(command.err()).startsWith("bridge: ").contains(sentence);
    assertThat(command.err().lines()).hasSize(1);
  }

  @Test
  void shouldTellBadArgumentsAsJsonToScripts() {
    var command = new TestSetting(home);

    assertThat(command.run("list", "-o", "json", "--limit", "0")).isEqualTo(2);
    assertThat(command.err())
        .startsWith("{\"error\":{\"exitCode\":2,")
        .contains("--limit must be 1 or more");
  }

  @Test
  void shouldRefuseADefinitionThatIsTooLargeBeforeSendingIt() throws Exception {
    Path large = Files.writeString(home.resolve("large.yaml"), "#".repeat(256 * 1024 + 1));
    var command = new TestSetting(home);

    assertThat(command.run("submit", large.toString())).isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("larger than the 256 KiB");
  }

  @Test
  void shouldRefuseADefinitionThatIsNoText() throws Exception {
    Path binary = Files.write(home.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    var command = new TestSetting(home);

    assertThat(command.run("submit", binary.toString())).isEqualTo(ExitCode.USAGE.code());
    assertThat(command.err()).contains("is not UTF-8 text.");
  }

  @Test
  void shouldPrintNoColourWhereNobodyWatchesOrWantsIt() {
    var piped = new TestSetting(home);
    var unwanted = new TestSetting(home).onTerminal().with("NO_COLOR", "1");
    var wanted = new TestSetting(home).onTerminal();

    assertThat(piped.run("frob") + unwanted.run("frob") + wanted.run("frob")).isEqualTo(6);
    assertThat(piped.err()).doesNotContain("\033");
    assertThat(unwanted.err()).doesNotContain("\033");
    assertThat(wanted.err()).contains("\033[31m");
  }

  @Test
  void shouldGiveEveryExitCodeANumberAndAMeaningOfItsOwn() {
    assertThat(ExitCode.table()).hasSize(8).doesNotContainValue("");
    assertThat(ExitCode.table().values()).doesNotHaveDuplicates();
    assertThat(CommandLine.ExitCode.USAGE).isEqualTo(ExitCode.USAGE.code());
  }
}
