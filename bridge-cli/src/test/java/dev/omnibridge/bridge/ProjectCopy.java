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

/**
 * The project's scripts in a directory of their own, with a JDK that only tells how it is called.
 */
final class ProjectCopy {
  final Path directory;
  final Path home;
  final Path jdk;

  /** How a script ended. */
  record Ended(int code, String out, String err) {}

  ProjectCopy(Path directory) throws IOException {
    this.directory = directory;
    this.home = Files.createDirectories(directory.resolve("a home with spaces"));
    this.jdk = directory.resolve("jdk 25");
    Path unused = Files.copy(Path.of("..", "bridge"), home.resolve("bridge"));
    unused = Files.createDirectories(home.resolve("bin"));
    try (var scripts = Files.list(Path.of("..", "bin"))) {
      for (Path script : scripts.toList()) {
        unused = Files.copy(script, home.resolve("bin").resolve(script.getFileName()));
      }
    }
    unused = Files.createDirectories(jdk.resolve("bin"));
    program(jdk.resolve("bin/java"), "printf '%s\\n' \"$@\"; exit 42");
    program(jdk.resolve("bin/javac"), "exit 0");
    unused = Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
  }

  static void program(Path file, String body) throws IOException {
    Path unused = Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
    unused = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A directory of programs that come before those of the machine. */
  Map<String, String> withProgram(String name, String body) throws IOException {
    Path programs = Files.createDirectories(directory.resolve("programs"));
    program(programs.resolve(name), body);
    return Map.of("PATH", programs + ":" + System.getenv("PATH"));
  }

  /** Leaves what a build leaves; the lines for a Maven that does the same. */
  String buildOf(String... modules) {
    var lines = new StringBuilder("cd \"%s\"%n".formatted(home));
    for (String module : modules) {
      String jar = module.equals("bridge-cli") ? "bridge" : module;
      lines.append("mkdir -p %1$s/target && touch %1$s/target/%2$s.jar%n".formatted(module, jar));
    }
    return lines.toString();
  }

  void pretendItIsBuilt(String... modules) throws Exception {
    program(directory.resolve("built-before"), buildOf(modules));
    assertThat(new ProcessBuilder(directory.resolve("built-before").toString()).start().waitFor())
        .isZero();
    Path target = Files.createDirectories(home.resolve("bridge-cli/target"));
    Path unused = Files.writeString(target.resolve("bridge-built"), "");
  }

  Ended run(String script, Map<String, String> environment, String... arguments) throws Exception {
    return ended(start(script, environment, arguments));
  }

  /** A script that runs. */
  record Started(Process process, Path out, Path err) {}

  Started start(String script, Map<String, String> environment, String... arguments)
      throws IOException {
    var command = new ArrayList<>(List.of("bash", home.resolve(script).toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    List.of(
            "OMNIBRIDGE_DATA",
            "OMNIBRIDGE_BUILD",
            "PGHOST",
            "PGPORT",
            "PGPASSWORD",
            "PGPASSWORD_FILE",
            "KAFKA_BOOTSTRAP_SERVERS")
        .forEach(builder.environment()::remove);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    return new Started(
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
  }

  static Ended ended(Started started) throws Exception {
    assertThat(started.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        started.process().exitValue(),
        Files.readString(started.out(), StandardCharsets.UTF_8),
        Files.readString(started.err(), StandardCharsets.UTF_8));
  }
}
