// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.infrastructure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Labels that say which process a container belongs to, so that the next run can remove what a
 * killed one left.
 *
 * @param place machine and space of process ids; marks of other places are not judged
 */
record OwnerMark(String place, long pid) {
  static final String PLACE = "dev.omnibridge.stories.place";
  private static final String PID = "dev.omnibridge.stories.pid";
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  /** Of this process. */
  static OwnerMark own() {
    return new OwnerMark(here(), ProcessHandle.current().pid());
  }

  private static String here() {
    try {
      Path space = Path.of("/proc/self/ns/pid");
      String ids = Files.exists(space) ? Files.readSymbolicLink(space).toString() : "";
      return machine() + "/" + ids;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** As Linux names it, which needs no name server; a name that does not resolve is no failure. */
  private static String machine() throws IOException {
    Path name = Path.of("/proc/sys/kernel/hostname");
    if (Files.exists(name)) {
      return Files.readString(name).strip();
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unresolved) {
      return System.getProperty("os.name");
    }
  }

  Map<String, String> labels() {
    return Map.of(PLACE, place, PID, Long.toString(pid));
  }

  /**
   * Whether a container of the same place is left over: its process is gone, or its number belongs
   * to one that started after the container was made.
   *
   * @param startOf when the process of a number started; empty when there is none
   */
  static boolean isLeftOver(
      Map<String, String> labels, Instant made, Function<Long, Optional<Instant>> startOf) {
    String pid = labels.getOrDefault(PID, "");
    if (!pid.matches("[0-9]{1,18}")) {
      return false;
    }
    return startOf
        .apply(Long.valueOf(pid))
        .map(started -> started.isAfter(made.plus(CLOCK_TOLERANCE)))
        .orElse(true);
  }

  /** When a living process started; as long ago as can be where the system does not say. */
  static Optional<Instant> startOf(long pid) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .map(process -> process.info().startInstant().orElse(Instant.MIN));
  }
}
