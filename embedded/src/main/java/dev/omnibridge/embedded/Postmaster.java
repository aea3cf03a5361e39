// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A running PostgreSQL server that is known to serve one data directory. */
record Postmaster(long pid, Path cluster) {
  private static final Path PROC = Path.of("/proc");
  private static final Duration POLL = Duration.ofMillis(20);

  /**
   * The live server of this data directory. The pid file alone proves nothing: its process may be
   * gone and the number may belong to somebody else by now, so the process itself is asked.
   */
  static Optional<Postmaster> of(Path cluster) {
    return recordedPid(cluster)
        .map(pid -> new Postmaster(pid, cluster))
        .filter(Postmaster::isRunning);
  }

  /**
   * Removes what a dead server left. PostgreSQL does that itself unless the number has come to be
   * another process of the same user, as it soon does in a container: then it would refuse. Only
   * where processes can be asked for certain.
   */
  static void removeStalePidFile(Path cluster) throws IOException {
    if (hasProc() && of(cluster).isEmpty()) {
      Files.deleteIfExists(pidFile(cluster));
    }
  }

  private static Path pidFile(Path cluster) {
    return cluster.resolve("postmaster.pid");
  }

  private static boolean hasProc() {
    return Files.isDirectory(PROC.resolve("self"));
  }

  private static Optional<Long> recordedPid(Path cluster) {
    try (var lines = Files.lines(pidFile(cluster))) {
      return lines.findFirst().map(String::strip).map(Long::valueOf).filter(pid -> pid > 1);
    } catch (IOException | UncheckedIOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  boolean isRunning() {
    return hasProc() ? isRunningByProc() : isRunningByArguments();
  }

  /** A server's working directory is its data directory, and a zombie has no command line. */
  private boolean isRunningByProc() {
    try {
      var process = PROC.resolve(Long.toString(pid));
      var commandLine = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return isPostgres(commandLine.split("\0", 2)[0])
          && Files.isSameFile(process.resolve("cwd"), cluster);
    } catch (IOException _) {
      return false;
    }
  }

  private boolean isRunningByArguments() {
    var info = ProcessHandle.of(pid).map(ProcessHandle::info);
    return info.flatMap(ProcessHandle.Info::command).filter(Postmaster::isPostgres).isPresent()
        && info.flatMap(ProcessHandle.Info::arguments)
            .filter(arguments -> Arrays.asList(arguments).contains(cluster.toString()))
            .isPresent();
  }

  private static boolean isPostgres(String program) {
    return program.equals("postgres") || program.endsWith("/postgres");
  }

  /** Sends SIGKILL to the server, and with its children to them too, as a crash would. */
  void kill() {
    var all =
        ProcessHandle.of(pid).stream()
            .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
            .toList();
    if (isRunning()) {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Whether it ended before the deadline. */
  boolean awaitEnd(Deadline deadline) {
    while (isRunning()) {
      if (deadline.isOver() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  /**
   * Asks for a fast shutdown (open transactions are rolled back) and insists when it is late. A
   * Ctrl-C ends pg_ctl, which only waits; the server has been asked and may still be on its way.
   */
  boolean stop(PostgresBinaries binaries, Duration limit) {
    if (!isRunning()) {
      return true;
    }
    for (var mode : List.of("fast", "immediate")) {
      var deadline = Deadline.in(limit);
      var seconds = Long.toString(Math.max(1, limit.toSeconds()));
      binaries
          .tool("pg_ctl", "stop", "-D", cluster.toString(), "-m", mode, "-w", "-t", seconds)
          .run(limit.plusSeconds(1));
      if (awaitEnd(deadline)) {
        return true;
      }
    }
    kill();
    return awaitEnd(Deadline.in(limit));
  }
}
