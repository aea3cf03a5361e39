// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * How others find a running suite: {@code run.json} in its data directory. Readable by its owner
 * only, because of the password; gone after a clean stop, and not believed after a kill.
 *
 * @param pid the process
 * @param processStart when that process began, in milliseconds since 1970; tells it from a later
 *     process with the same pid
 * @param endpoints where its parts are
 */
public record RunFile(long pid, long processStart, Endpoints endpoints) {
  private static final String NAME = "run.json";

  /** The system tells the start only to a second or so. */
  private static final long START_TOLERANCE_MILLIS = 2_000;

  /** Describes the suite in this process. */
  static RunFile ofThisProcess(Endpoints endpoints) {
    var self = ProcessHandle.current();
    return new RunFile(self.pid(), startOf(self), endpoints);
  }

  /** The suite that runs on a data directory right now, if there is one. */
  public static Optional<RunFile> ofRunning(Path data) {
    try {
      var written =
          new ObjectMapper().readValue(Files.readAllBytes(data.resolve(NAME)), RunFile.class);
      return Optional.of(written).filter(RunFile::isAlive);
    } catch (IOException noneOrDamaged) {
      return Optional.empty();
    }
  }

  private boolean isAlive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> Math.abs(startOf(process) - processStart) <= START_TOLERANCE_MILLIS)
        .isPresent();
  }

  /** Replaces what is there, at once or not at all. */
  void write(Path data) throws IOException {
    OwnerFile.write(
        data.resolve(NAME),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
  }

  static void delete(Path data) throws IOException {
    boolean unused = Files.deleteIfExists(data.resolve(NAME));
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
