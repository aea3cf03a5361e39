// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A short-lived program of the machine, run to its end within a limit. */
record Command(List<String> words, String input) {
  private static final Executor READERS = task -> Thread.ofVirtual().start(task);

  /** What a program left behind; the output is both of its streams in the order written. */
  record Outcome(int exitCode, String output) {
    boolean succeeded() {
      return exitCode == 0;
    }
  }

  static Command of(List<String> words) {
    return new Command(words, "");
  }

  /**
   * Runs in a neutral directory and locale and without the caller's PostgreSQL variables, any of
   * which could redirect the server's tools. A program that cannot be run or is not done in time
   * has failed; the latter is killed.
   */
  Outcome run(Duration limit) {
    try {
      return awaited(builder().start(), limit);
    } catch (IOException failure) {
      return new Outcome(-1, String.valueOf(failure.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Outcome(-1, "interrupted");
    }
  }

  private Outcome awaited(Process process, Duration limit)
      throws IOException, InterruptedException {
    try {
      var output = CompletableFuture.supplyAsync(() -> read(process), READERS);
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
          ? new Outcome(process.exitValue(), output.join())
          : new Outcome(-1, "%s was not done within %s".formatted(words, limit));
    } finally {
      process.destroyForcibly();
    }
  }

  private ProcessBuilder builder() {
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  private static String read(Process process) {
    try (var stdout = process.getInputStream()) {
      return new String(stdout.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
