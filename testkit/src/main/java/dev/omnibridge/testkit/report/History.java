// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reports of the last runs in a file of JSON lines, oldest first; of more than {@code most} the
 * oldest are let go. Several processes may append at a time. A line that is no report of today's
 * format is left out of what is read and dropped by the next append.
 */
record History(Path file, int most) {
  private static final Logger log = LoggerFactory.getLogger(History.class);

  List<RunReport> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    var reports = new ArrayList<RunReport>();
    var passedOver = new ArrayList<String>();
    for (var line : Files.readAllLines(file)) {
      try {
        reports.add(ReportJson.read(line));
      } catch (IllegalArgumentException unreadable) {
        passedOver.add(String.valueOf(unreadable.getMessage()));
      }
    }
    if (!passedOver.isEmpty()) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("lines", passedOver.size())
          .addKeyValue("why", passedOver.getFirst())
          .log("lines of the history are no reports");
    }
    return reports;
  }

  /** Answers with all that are kept, the new one last. */
  List<RunReport> append(RunReport report) throws IOException {
    var directory = Files.createDirectories(file.toAbsolutePath().getParent());
    var lock = directory.resolve(file.getFileName() + ".lock");
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      var all = new ArrayList<>(read());
      all.add(report);
      var kept = all.subList(Math.max(0, all.size() - most), all.size());
      var fresh = directory.resolve(file.getFileName() + ".new");
      Files.writeString(
          fresh,
          kept.stream()
              .map(each -> ReportJson.write(each).toString())
              .collect(Collectors.joining("\n", "", "\n")));
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return List.copyOf(kept);
    }
  }
}
