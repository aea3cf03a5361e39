// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script ./bridge, on a copy of the project with a JDK that only tells how it was called. */
class LauncherScriptTest {
  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Path jdk = Path.of("");

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void copyTheScript() throws IOException {
    home = Files.createDirectories(directory.resolve("a home with spaces"));
    Path unused = Files.copy(Path.of("..", "bridge"), home.resolve("bridge"));
    jdk = directory.resolve("jdk 25");
    unused = Files.createDirectories(jdk.resolve("bin"));
    program(jdk.resolve("bin/java"), "printf '%s\\n' \"$@\"; exit 42");
    program(jdk.resolve("bin/javac"), "exit 0");
    unused = Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
  }

  private static void program(Path file, String body) throws IOException {
    Path unused = Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    unused = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void pretendItIsBuilt() throws IOException {
    Path target = Files.createDirectories(home.resolve("bridge-cli/target"));
    Path unused = Files.writeString(target.resolve("bridge-built"), "");
  }

  private Ended run(Map<String, String> environment, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("bash", home.resolve("bridge").toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    Path err = directory.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, Files.readString(err));
  }

  @Test
  void shouldPassArgumentsAndExitCodeOnFromAnyDirectoryWithSpaces() throws Exception {
    pretendItIsBuilt();

    Ended ended = run(Map.of(), "submit", "a file", "--input", "{\"a\": \"*\"}");

    assertThat(ended.code()).isEqualTo(42);
    assertThat(ended.out().lines())
        .contains("-Domnibridge.home=" + home.toRealPath())
        .endsWith(
            "-jar",
            home.toRealPath().resolve("bridge-cli/target/bridge.jar").toString(),
            "submit",
            "a file",
            "--input",
            "{\"a\": \"*\"}");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void shouldSayThatMavenIsMissingWhenItHasToBuild() throws Exception {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    for (String name :
        List.of("bash", "dirname", "grep", "ls", "find", "head", "readlink", "cat")) {
      Path found =
          Files.exists(Path.of("/usr/bin", name))
              ? Path.of("/usr/bin", name)
              : Path.of("/bin", name);
      Path unused = Files.createSymbolicLink(programs.resolve(name), found);
    }

    Ended ended = run(Map.of("PATH", programs.toString()), "list");

    assertThat(ended.code()).isEqualTo(ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).startsWith("bridge: ").contains("install Maven 3.8.7 or later");
  }

  @Test
  void shouldShowTheEndOfTheLogOfABuildThatFailed() throws Exception {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    program(programs.resolve("mvn"), "echo it does not compile; exit 1");

    Ended ended = run(Map.of("PATH", programs + ":" + System.getenv("PATH")), "list");

    assertThat(ended.code()).isEqualTo(ExitCode.ENVIRONMENT.code());
    assertThat(ended.err()).contains("it does not compile", "bridge: The build failed");
  }

  @Test
  void shouldBuildAgainOnlyWhenASourceIsNewer() throws Exception {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    program(programs.resolve("mvn"), "echo built >> ../built");
    var path = Map.of("PATH", programs + ":" + System.getenv("PATH"));
    Path source = Files.createDirectories(home.resolve("runtime/src/main"));

    assertThat(run(path, "list").code()).isEqualTo(42);
    assertThat(run(path, "list").code()).isEqualTo(42);
    assertThat(Files.readAllLines(directory.resolve("built"))).hasSize(1);

    Path unused = Files.writeString(source.resolve("New.java"), "");
    assertThat(run(path, "list").code()).isEqualTo(42);
    assertThat(Files.readAllLines(directory.resolve("built"))).hasSize(2);
  }
}
