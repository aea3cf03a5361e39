// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.bridge.ProjectCopy.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts for work on the project, with programs that only tell how they were called. */
class DeveloperScriptsTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "format, --chek",
    "format, --check --check",
    "bench, --help",
    "bench, One Two",
    "bench-stamp, --help",
    "bench-stamp, 5 1024 tiny",
    "catalogue-documents, --check",
    "compose-smoke, --help",
    "images, reduser",
    "jdk25, --help",
    "lint-contracts, --help",
    "sizes, --help"
  })
  void shouldRefuseArgumentsThatItDoesNotKnowAndDoNothing(String script, String arguments)
      throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", "touch '%s/done'".formatted(directory));

    Ended ended = project.run("bin/" + script, path, arguments.split(" "));

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).startsWith("Usage: bin/" + script);
    assertThat(ended.out()).isEmpty();
    assertThat(directory.resolve("done")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"'', spotless:apply", "--check, spotless:check"})
  void shouldFormatItsOwnProjectWhateverCdpathSays(String argument, String goal) throws Exception {
    var project = new ProjectCopy(directory);
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere/bin"));
    Path caller = directory.resolve("caller");
    ProjectCopy.program(
        caller, "cd '%s' && exec bash bin/format %s".formatted(project.home, argument));
    var environment = new HashMap<>(project.withProgram("mvn", "pwd -P; echo \"$@\""));
    environment.put("CDPATH", elsewhere.resolveSibling("").toString());

    Ended ended = project.run(caller.toString(), environment);

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines())
        .containsExactly(project.home.toRealPath().toString(), "-B -q " + goal);
  }

  /** Or the stamps of a benchmark would stay for ever in the log of a suite that is in use. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldNotStampOnASuiteThatTheEnvironmentNames() throws Exception {
    var project = new ProjectCopy(directory);
    Path asked = directory.resolve("asked");
    ProjectCopy.program(
        project.home.resolve("bridge"),
        """
        if [ "$1" = up ]; then
          mkdir -p "$3" && touch "$3/run.json"
          exec sleep 60
        fi
        { echo "$1 $2"; env | grep -E '^(OMNIBRIDGE|STAMPING)_ADDRESS='; } >>'%s'
        exit 0
        """
            .formatted(asked));
    var environment = new HashMap<>(project.withProgram("b3sum", "exit 0"));
    environment.put("OMNIBRIDGE_ADDRESS", "foreign:1");
    environment.put("STAMPING_ADDRESS", "foreign:2");
    environment.put("TMPDIR", directory.toString());

    Ended ended = project.run("bin/bench-stamp", environment, "1", "1", "mid");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(asked).hasContent("stamp --local\nstamp --namespace\n");
  }
}
