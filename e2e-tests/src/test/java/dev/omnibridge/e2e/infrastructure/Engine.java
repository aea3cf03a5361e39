// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Docker engine of this machine, asked by its own command with limits: the check of
 * Testcontainers was seen to block for minutes where images cannot be pulled.
 */
final class Engine {
  static final String POSTGRES = "postgres:18";
  static final String KAFKA = "apache/kafka:4.3.1";
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final String API_VERSION = "api.version";

  private final Duration pullLimit;

  /** Whose images may take so long to be pulled, each. */
  Engine(Duration pullLimit) {
    this.pullLimit = pullLimit;
  }

  /**
   * What came of a command.
   *
   * @param output what it answered
   * @param complaints what it had to say besides, such as warnings
   */
  private record Outcome(boolean succeeded, String output, String complaints) {}

  /** Why containers cannot be started; empty when the engine answers and has what they need. */
  Optional<String> problem() {
    try {
      Outcome version = docker(ANSWER_LIMIT, "version", "--format", "{{.Server.APIVersion}}");
      if (!version.succeeded()) {
        return Optional.of("no engine answers: " + version.complaints());
      }
      if (!isApiVersion(version.output())) {
        return Optional.of("the engine names no version of Docker's API: " + version.output());
      }
      speak(version.output());
      for (String image : List.of(POSTGRES, KAFKA)) {
        Optional<String> missing = missing(image);
        if (missing.isPresent()) {
          return missing;
        }
      }
      return Optional.empty();
    } catch (IOException absent) {
      return Optional.of("there is no command docker: " + absent.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Docker's have two numbers; other engines that answer to the same command say other things. */
  static boolean isApiVersion(String text) {
    return text.matches("[0-9]+\\.[0-9]+");
  }

  /** The client inside Testcontainers otherwise asks for a version that old engines do not have. */
  private static void speak(String engineVersion) {
    if (System.getProperty(API_VERSION) == null) {
      System.setProperty(API_VERSION, engineVersion);
    }
  }

  private Optional<String> missing(String image) throws IOException, InterruptedException {
    if (docker(ANSWER_LIMIT, "image", "inspect", "--format", "{{.Id}}", image).succeeded()) {
      return Optional.empty();
    }
    Outcome pulled = docker(pullLimit, "pull", "--quiet", image);
    return pulled.succeeded()
        ? Optional.empty()
        : Optional.of("%s cannot be pulled: %s".formatted(image, pulled.complaints()));
  }

  private static Outcome docker(Duration limit, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("docker"));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      return new Outcome(
          false, "", "%s took longer than %d s".formatted(command, limit.toSeconds()));
    }
    // Its few lines fit into the pipes, so it could end before they are read.
    return new Outcome(
        process.exitValue() == 0, text(process.getInputStream()), text(process.getErrorStream()));
  }

  private static String text(InputStream lines) throws IOException {
    return new String(lines.readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
