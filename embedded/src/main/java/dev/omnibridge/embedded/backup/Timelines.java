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
  record Part(long timeline, long begin, long end) {
    private Part until(long place) {
      return new Part(timeline, Math.min(begin, place), Math.min(end, place));
    }
  }

  /** A line of a history: where a timeline was left for the next one. */
  private record Fork(long timeline, long end) {}

  /**
   * As PostgreSQL finds them: it looks for the history of the next timeline as long as there is
   * one.
   */
  static Timelines from(Path archive, long first) throws IOException {
    long latest = first;
    while (Files.exists(history(archive, latest + 1))) {
      latest++;
    }
    return latest > first
        ? to(archive, latest)
        : new Timelines(List.of(new Part(first, 0, Long.MAX_VALUE)));
  }

  /**
   * As the history of a timeline after the first one says, which has to be there. PostgreSQL names
   * the timeline that a recovery was to follow as the one before, also when that recovery ended
   * before it came there: then a later line has an earlier end, which holds for all lines before.
   */
  static Timelines to(Path directory, long latest) throws IOException {
    return of(forks(directory, latest), latest);
  }

  /**
   * Those that the recovery was to follow which began this timeline: they go on behind the place
   * where it ended.
   */
  static Timelines followedBy(Path directory, long begun) throws IOException {
    List<Fork> forks = forks(directory, begun);
    int last = forks.size() - 1;
    return of(forks.subList(0, last), forks.get(last).timeline());
  }

  private static List<Fork> forks(Path directory, long latest) throws IOException {
    var forks = new ArrayList<Fork>();
    for (String line : Files.readAllLines(history(directory, latest))) {
      String[] fields = line.strip().split("\\s+", FIELDS);
      if (fields.length >= 2 && !fields[0].startsWith("#")) {
        forks.add(new Fork(Long.parseLong(fields[0]), lsn(fields[1])));
      }
    }
    return forks;
  }

  private static Timelines of(List<Fork> forks, long latest) {
    var parts = new ArrayList<Part>();
    long begin = 0;
    for (Fork fork : forks) {
      parts.add(new Part(fork.timeline(), begin, fork.end()));
      parts.replaceAll(part -> part.until(fork.end()));
      begin = fork.end();
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

  /**
   * Whether a recovery up to the latest timeline leaves this file behind and will never write to it
   * again: a history, or a file of the log that ends before the next timeline begins.
   */
  boolean left(String name) {
    long timeline = WalArchive.timeline(name);
    if (LostWal.isHistory(name)) {
      return timeline < parts.getLast().timeline();
    }
    long end = (WalArchive.place(name) + 1) * WalArchive.SEGMENT_BYTES;
    return parts.subList(0, parts.size() - 1).stream()
        .anyMatch(part -> part.timeline() == timeline && part.begin() < end && end <= part.end());
  }

  /**
   * Whether a recovery that began the latest timeline there read this file: one that it leaves
   * behind, or the one in which it ended.
   */
  boolean led(String name) {
    if (left(name)) {
      return true;
    }
    long end = parts.getLast().begin();
    return !LostWal.isHistory(name)
        && WalArchive.place(name) == (end - 1) / WalArchive.SEGMENT_BYTES
        && parts.subList(0, parts.size() - 1).stream()
            .anyMatch(part ->
                part.timeline() == WalArchive.timeline(name)
                    && part.begin() < part.end()
                    && part.end() == end);
  }

  /** Whether this place is read on this timeline. */
  boolean read(long timeline, String lsn) {
    return parts.stream().anyMatch(part -> part.timeline() == timeline && lsn(lsn) <= part.end());
  }
}
