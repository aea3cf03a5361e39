// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorsTest {
  @Test
  void shouldTellEachErrorOnceWithItsTraceAndNothingElse(@TempDir Path directory)
      throws IOException {
    Files.writeString(
        directory.resolve("one-1.log"),
        """
        2026-01-01T00:00:00.000Z INFO  Service                  service started
        2026-01-01T00:00:01.000Z ERROR Statuses                 unexpected failure
        java.lang.IllegalStateException: a bug
        \tat dev.omnibridge.Somewhere.somehow(Somewhere.java:1)
        2026-01-01T00:00:02.000Z WARN  Broker                   Kafka is away
        2026-01-01T00:00:03.000Z ERROR Statuses                 unexpected failure
        java.lang.IllegalStateException: a bug
        2026-01-01T00:00:04.000Z ERROR Statuses                 unexpected failure
        java.lang.NullPointerException: another bug
        """);
    Files.writeString(directory.resolve("two-2.log"), "2026-01-01T00:00:00Z INFO  Service  up\n");

    assertThat(Errors.in(directory))
        .containsExactly(
            "one-1.log:",
            "  2026-01-01T00:00:01.000Z ERROR Statuses                 unexpected failure",
            "  java.lang.IllegalStateException: a bug",
            "  \tat dev.omnibridge.Somewhere.somehow(Somewhere.java:1)",
            "  2026-01-01T00:00:04.000Z ERROR Statuses                 unexpected failure",
            "  java.lang.NullPointerException: another bug");
  }
}
