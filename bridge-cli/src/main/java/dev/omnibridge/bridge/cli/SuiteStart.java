// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.suite.RunFile;
import dev.omnibridge.bridge.suite.Servers;
import dev.omnibridge.bridge.suite.Suite;
import dev.omnibridge.bridge.suite.SuiteOptions;
import dev.omnibridge.embedded.EmbeddedServerException;
import dev.omnibridge.runtime.Fault;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Starts a suite, or its servers, for a verb; what goes wrong is told in a sentence that says what
 * to do.
 */
final class SuiteStart {
  private static final int MOST_PORT = 65_535;

  private SuiteStart() {}

  static Suite suite(SuiteOptions options, Path log) {
    refuseTakenPort(options.port(), "--port");
    return told(options, log, "suite", () -> Suite.start(options));
  }

  static Servers servers(SuiteOptions options, Path environmentFile, Path log) {
    refuseTakenPort(options.postgresPort(), "--postgres-port");
    refuseTakenPort(options.kafkaPort(), "--kafka-port");
    return told(options, log, "servers", () -> Servers.start(options, environmentFile));
  }

  private static <T> T told(SuiteOptions options, Path log, String what, Supplier<T> start) {
    try {
      return start.get();
    } catch (EmbeddedServerException failure) {
      throw told(failure, options.data());
    } catch (Fault fault) {
      throw fault;
    } catch (RuntimeException failure) {
      if (options.port() != 0 && causeOf(failure) instanceof BindException) {
        throw portTaken(options.port(), "--port", failure);
      }
      throw new CliFailure(
          ExitCode.FAILED,
          "The %s did not start (%s); the log has the details: %s"
              .formatted(what, causeOf(failure), log),
          failure);
    }
  }

  /** Told before anything else is done. */
  static void requirePort(int port, String option) {
    if (port < 0 || port > MOST_PORT) {
      throw new CliFailure(
          ExitCode.USAGE, "%s must be from 0 to %d, not %d.".formatted(option, MOST_PORT, port));
    }
  }

  /** Told before anything is started; the real listening may still find the port taken. */
  private static void refuseTakenPort(int port, String option) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException taken) {
      throw portTaken(port, option, taken);
    }
  }

  private static CliFailure portTaken(int port, String option, Exception cause) {
    return new CliFailure(
        ExitCode.REFUSED,
        "Port %d is in use; stop what is there, or choose another with %s (0 for a free one)."
            .formatted(port, option),
        cause);
  }

  private static CliFailure told(EmbeddedServerException failure, Path data) {
    return switch (failure.reason()) {
      case DIRECTORY_IN_USE ->
          new CliFailure(
              ExitCode.REFUSED,
              RunFile.ofRunning(data)
                  .map(run ->
                      "A suite already runs on %s (process %d, at %s); use it, stop it, or choose another directory with --data."
                          .formatted(data, run.pid(), run.endpoints().address()))
                  .orElse(failure.getMessage() + "."),
              failure);
      case NO_BINARIES -> new CliFailure(ExitCode.ENVIRONMENT, message(failure), failure);
      case NOT_STARTED, NOT_STOPPED -> new CliFailure(ExitCode.FAILED, message(failure), failure);
    };
  }

  private static String message(EmbeddedServerException failure) {
    return String.valueOf(failure.getMessage());
  }

  private static Throwable causeOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
