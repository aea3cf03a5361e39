// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.bridge.suite.Suite;
import dev.omnibridge.bridge.suite.SuiteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The suite that the stories of one JVM share: started by the first, stopped with the JVM. */
final class OneSuite {
  private static @Nullable Stack stack;

  private OneSuite() {}

  /** A client of the shared suite, whose Kafka serves. */
  static synchronized Stack stack() {
    if (stack == null) {
      Suite suite = Suite.start(SuiteOptions.in(directory("shared")));
      Runtime.getRuntime().addShutdownHook(new Thread(suite::close, "stop-suite"));
      suite.awaitKafka(Duration.ofSeconds(60));
      stack = new Stack(suite.endpoints());
    }
    return stack;
  }

  /** A new directory below target/, kept after the run for those who look for causes. */
  static Path directory(String name) {
    try {
      Path parent = Files.createDirectories(Path.of("target", "suites"));
      return Files.createTempDirectory(parent, name + "-");
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    }
  }
}
