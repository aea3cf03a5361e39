// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.bridge.suite.Suite;
import dev.omnibridge.bridge.suite.SuiteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The whole suite in this JVM, on servers of its own. */
final class OneSuite implements Deployment {
  private static final Duration KAFKA_LIMIT = Duration.ofSeconds(60);

  private final Suite suite;
  private final Stack stack;

  private OneSuite(Suite suite) {
    this.suite = suite;
    this.stack = new Stack(suite.endpoints());
  }

  /** A suite whose Kafka serves. */
  static OneSuite start(String name, Map<String, String> environment) {
    var suite = Suite.start(SuiteOptions.in(directory(name)).withEnvironment(environment));
    try {
      var unused = suite.awaitKafka(KAFKA_LIMIT);
      return new OneSuite(suite);
    } catch (RuntimeException failure) {
      suite.close();
      throw failure;
    }
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

  @Override
  public Stack stack() {
    return stack;
  }

  @Override
  public Processes processes() {
    throw new UnsupportedOperationException("One process has no others");
  }

  @Override
  public void stopKafka() {
    suite.awaitKafka(KAFKA_LIMIT).stop();
  }

  @Override
  public void startKafka() {
    suite.awaitKafka(KAFKA_LIMIT).restart();
  }

  @Override
  public void stopPostgres() {
    suite.postgres().kill();
  }

  @Override
  public void startPostgres() {
    suite.postgres().restart();
  }

  @Override
  public void close() {
    try {
      stack.close();
    } finally {
      suite.close();
    }
  }
}
