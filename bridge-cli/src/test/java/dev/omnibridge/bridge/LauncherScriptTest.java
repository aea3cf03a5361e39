// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.bridge.ProjectCopy.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script ./bridge, on a copy of the project with a JDK that only tells how it was called. */
class LauncherScriptTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void shouldPassArgumentsAndExitCodeOnFromAnyDirectoryWithSpaces() throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt("bridge-cli");

    Ended ended = project.run("bridge", Map.of(), "submit", "a file", "--input", "{\"a\": \"*\"}");

    assertThat(ended.code()).isEqualTo(42);
    assertThat(ended.out().lines())
        .contains("-Domnibridge.home=" + project.home.toRealPath())
        .endsWith(
            "-jar",
            project.home.toRealPath().resolve("bridge-cli/target/bridge.jar").toString(),
            "submit",
            "a file",
            "--input",
            "{\"a\": \"*\"}");
    assertThat(ended.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"stamp,true", "verify,true", "prove,true", "up,true", "list,false", "audit,false"})
  void shouldGiveTheVectorsToWhatHashes(String verb, boolean hashes) throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt("bridge-cli");

    for (var arguments :
        List.of(List.of(verb), List.of("--address", "a:1", verb), List.of("--address=a:1", verb))) {
      Ended ended = project.run("bridge", Map.of(), arguments.toArray(String[]::new));

      assertThat(ended.out().lines().anyMatch("jdk.incubator.vector"::equals)).isEqualTo(hashes);
      assertThat(ended.out().lines().anyMatch("-XX:TieredStopAtLevel=1"::equals))
          .isEqualTo(!hashes);
    }
  }

  @Test
  void shouldPassOnAllThatJavaSaysButTheLineAboutTheVectors() throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt("bridge-cli");
    ProjectCopy.program(
        project.jdk.resolve("bin/java"),
        "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2\n"
            + "echo first >&2; printf second >&2");

    var started = project.start("bridge", Map.of(), "stamp");

    assertThat(ProjectCopy.ended(started).code()).isZero();
    await()
        .atMost(60, SECONDS)
        .until(() -> Files.readString(started.err()).equals("first\nsecond"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bridge", "bin/reducer"})
  void shouldFindTheProjectThroughLinks(String script) throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt("bridge-cli", "reducer");
    Path programs = Files.createDirectories(directory.resolve("my programs"));
    Path unused =
        Files.createSymbolicLink(
            programs.resolve("linked"), Path.of("../a home with spaces", script));
    Path link =
        Files.createSymbolicLink(directory.resolve("linked"), Path.of("my programs/linked"));

    Ended ended = project.run(link.toString(), Map.of());

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines()).contains("-Domnibridge.home=" + project.home.toRealPath());
  }

  /** With it, cd may go elsewhere, and prints where it went. */
  @ParameterizedTest
  @CsvSource({"bridge, list", "bin/run-service, reducer"})
  void shouldFindTheProjectWhateverCdpathSays(String script, String argument) throws Exception {
    var project = new ProjectCopy(directory);
    project.pretendItIsBuilt("bridge-cli", "reducer");
    Path caller = directory.resolve("caller");
    ProjectCopy.program(caller, "exec bash 'a home with spaces/%s' %s".formatted(script, argument));

    Ended ended = project.run(caller.toString(), Map.of("CDPATH", directory.toString()));

    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines()).contains("-Domnibridge.home=" + project.home.toRealPath());
  }

  @Test
  void shouldLookForAJdkAlsoWithoutAHomeDirectory() throws Exception {
    var project = new ProjectCopy(directory);
    Path caller = directory.resolve("caller");
    ProjectCopy.program(caller, "unset HOME; exec bash 'a home with spaces/bin/jdk25'");
    var environment = Map.of("PATH", onlyWhatIsNeeded().toString(), "JAVA_HOME", "");

    Ended ended = project.run(caller.toString(), environment);

    // One may be where the system has its own.
    assertThat(ended.code()).isIn(0, ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).doesNotContain("unbound variable");
  }

  /** A directory with the programs that the scripts call before they build, and no others. */
  private Path onlyWhatIsNeeded() throws IOException {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    for (String name :
        List.of("bash", "dirname", "grep", "ls", "find", "head", "readlink", "cat")) {
      Path found =
          Files.exists(Path.of("/usr/bin", name))
              ? Path.of("/usr/bin", name)
              : Path.of("/bin", name);
      Path unused = Files.createSymbolicLink(programs.resolve(name), found);
    }
    return programs;
  }

  @Test
  void shouldSayThatMavenIsMissingWhenItHasToBuild() throws Exception {
    var project = new ProjectCopy(directory);

    Ended ended = project.run("bridge", Map.of("PATH", onlyWhatIsNeeded().toString()), "list");

    assertThat(ended.code()).isEqualTo(ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).startsWith("bridge: ").contains("install Maven 3.8.7 or later");
  }

  @Test
  void shouldShowTheEndOfTheLogOfABuildThatFailed() throws Exception {
    var project = new ProjectCopy(directory);
    var path = project.withProgram("mvn", "echo it does not compile; exit 1");

    Ended ended = project.run("bridge", path, "list");

    assertThat(ended.code()).isEqualTo(ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).contains("it does not compile", "bridge: The build failed");
  }

  @Test
  void shouldBuildAgainOnlyWhenASourceIsNewer() throws Exception {
    var project = new ProjectCopy(directory);
    Path built = directory.resolve("built");
    var path =
        project.withProgram("mvn", "echo built >> ../built\n" + project.buildOf("bridge-cli"));
    Path source = Files.createDirectories(project.home.resolve("runtime/src/main"));

    assertThat(project.run("bridge", path, "list").code()).isEqualTo(42);
    assertThat(project.run("bridge", path, "list").code()).isEqualTo(42);
    assertThat(Files.readAllLines(built)).hasSize(1);

    Path unused = Files.writeString(source.resolve("New.java"), "");
    assertThat(project.run("bridge", path, "list").code()).isEqualTo(42);
    assertThat(Files.readAllLines(built)).hasSize(2);
  }

  @Test
  void shouldNeverBuildWhenToldSo() throws Exception {
    var project = new ProjectCopy(directory);

    Ended ended = project.run("bridge", Map.of("OMNIBRIDGE_BUILD", "never"), "list");

    assertThat(ended.code()).isEqualTo(ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).contains("bridge.jar is not built, and OMNIBRIDGE_BUILD=never forbids");
  }
}
