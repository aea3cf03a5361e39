// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The timelines that a recovery to the latest one reads, and between which places of the log. Every
 * restore begins a timeline; what the one before wrote behind that place is not read any more.
 */
record Timelines(List<Part> parts) {
  private static final int HEX = 16;
  private static final int FIELDS = 3;

  /** A timeline from the place in the log where it begins to the one where the next one does. */
  record Part(long timeline, long begin, long end) {}

  /**
   * As PostgreSQL finds them: it looks for the history of the next timeline as long as there is
   * one.
   */
  static Timelines from(Path archive, long first) throws IOException {
    long latest = first;
    while (Files.exists(history(archive, latest + 1))) {
      latest++;
    }
    var parts = new ArrayList<Part>();
    long begin = 0;
    if (latest > first) {
      for (String line : Files.readAllLines(history(archive, latest))) {
        String[] fields = line.strip().split("\\s+", FIELDS);
        if (fields.length < 2 || fields[0].startsWith("#")) {
          continue;
        }
        long end = lsn(fields[1]);
        parts.add(new Part(Long.parseLong(fields[0]), begin, end));
        begin = end;
      }
    }
    parts.add(new Part(latest, begin, Long.MAX_VALUE));
    return new Timelines(List.copyOf(parts));
  }

  private static Path history(Path archive, long timeline) {
    return archive.resolve("%08X.history".formatted(timeline));
  }

  /** A place in bytes, which PostgreSQL writes as two hexadecimal numbers. */
  private static long lsn(String text) {
    int slash = text.indexOf('/');
    return (Long.parseLong(text.substring(0, slash), HEX) << 32)
        + Long.parseLong(text.substring(slash + 1), HEX);
  }

  /** Whether a file of the log, by its number, is read on this timeline. */
  boolean read(long timeline, long file) {
    return parts.stream()
        .anyMatch(part ->
            part.timeline() == timeline
                && part.begin() / WalArchive.SEGMENT_BYTES <= file
                && file <= part.end() / WalArchive.SEGMENT_BYTES);
  }

  /** Whether this place is read on this timeline. */
  boolean read(long timeline, String lsn) {
    return parts.stream().anyMatch(part -> part.timeline() == timeline && lsn(lsn) <= part.end());
  }
}
