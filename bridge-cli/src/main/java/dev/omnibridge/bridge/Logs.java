// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogManager;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Where the log goes. One of these is called once, before anything logs: a client is silent, so
 * that people read one sentence and no stack trace; a suite writes files beside its data.
 */
public final class Logs {
  private Logs() {}

  /** No log at all, which also starts a client faster. */
  public static void silence() {
    LogManager.getLogManager().reset();
    var unused =
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
    unused = System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  /** Everything to stderr, as a service does it. */
  public static void toStderr() {
    bridge();
  }

  /** To files in the data directory; gives the file that is written. */
  public static Path toFiles(Path data) {
    Path directory = data.resolve("logs").toAbsolutePath();
    try {
      Path unused = Files.createDirectories(directory);
    } catch (IOException failure) {
      throw new UncheckedIOException("Cannot make " + directory, failure);
    }
    var unused = System.setProperty("omnibridge.log.directory", directory.toString());
    unused = System.setProperty("logback.configurationFile", "bridge-logback.xml");
    bridge();
    return directory.resolve("suite.log");
  }

  private static void bridge() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
