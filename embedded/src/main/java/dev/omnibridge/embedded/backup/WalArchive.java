// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The archived files of the write-ahead log. A file's name is its timeline, and then its place in
 * the log, which goes on across timelines.
 */
record WalArchive(Path directory) {
  private static final Pattern SEGMENT = Pattern.compile("([0-9A-F]{24})(\\.gz)?");
  private static final int TIMELINE_DIGITS = 8;
  private static final int LOG_DIGITS = 16;
  private static final int HEX = 16;
  static final long SEGMENT_BYTES = 16L << 20;
  private static final long SEGMENTS_PER_LOG = (1L << 32) / SEGMENT_BYTES;

  /**
   * What the archive has from a place on.
   *
   * @param files how many files follow without a gap
   * @param bytes how large these are
   * @param last the name of the last of these; empty when not even the first is there
   * @param missing the first place at which there is none though later ones are there
   */
  record Coverage(int files, long bytes, String last, Optional<String> missing) {}

  /** Where in the log a file stands, whatever its timeline. */
  static long place(String name) {
    return Long.parseLong(name.substring(TIMELINE_DIGITS, LOG_DIGITS), HEX) * SEGMENTS_PER_LOG
        + Long.parseLong(name.substring(LOG_DIGITS, LOG_DIGITS + TIMELINE_DIGITS), HEX);
  }

  /** The first digits of a file's name. */
  static long timeline(String name) {
    return Long.parseLong(name.substring(0, TIMELINE_DIGITS), HEX);
  }

  private static String name(String like, long place) {
    return "%s%08X%08X"
        .formatted(
            like.substring(0, TIMELINE_DIGITS), place / SEGMENTS_PER_LOG, place % SEGMENTS_PER_LOG);
  }

  boolean has(String name) {
    return Files.exists(directory.resolve(name)) || Files.exists(directory.resolve(name + ".gz"));
  }

  /** All, the timelines one after another. */
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> SEGMENT.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  /** By place, without the timelines that a recovery leaves out; of several files the youngest. */
  private NavigableMap<Long, Path> segments(String first) throws IOException {
    Timelines timelines = Timelines.from(directory, timeline(first));
    var found = new TreeMap<Long, Path>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (timelines.read(timeline(name), place(name))) {
        found.put(place(name), file);
      }
    }
    return found;
  }

  /** Whether a recovery that begins with this backup can follow the log to its latest timeline. */
  boolean leadsOn(SavedBackup backup) throws IOException {
    return Timelines.from(directory, timeline(backup.startWal()))
        .read(timeline(backup.stopWal()), backup.stopLsn());
  }

  /** What a recovery that begins in a file can read. */
  Coverage from(String first) throws IOException {
    long begin = place(first);
    NavigableMap<Long, Path> later = segments(first).tailMap(begin, true);
    long next = begin;
    long bytes = 0;
    String last = "";
    for (Path file = later.get(next); file != null; file = later.get(next)) {
      bytes += Files.size(file);
      last = file.getFileName().toString().substring(0, LOG_DIGITS + TIMELINE_DIGITS);
      next++;
    }
    var more = later.higherEntry(next);
    return new Coverage(
        (int) (next - begin),
        bytes,
        last,
        more == null
            ? Optional.empty()
            : Optional.of(name(more.getValue().getFileName().toString(), next)));
  }

  /** The files from a place on that are not as long as they have to be, or cannot be unpacked. */
  List<String> damagedFrom(String first) throws IOException {
    var damaged = new ArrayList<String>();
    for (Path file : segments(first).tailMap(place(first), true).values()) {
      if (!isWhole(file)) {
        damaged.add(file.getFileName().toString());
      }
    }
    return damaged;
  }

  private static boolean isWhole(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return Files.size(file) == SEGMENT_BYTES;
    }
    try (InputStream content = new GZIPInputStream(Files.newInputStream(file))) {
      return content.transferTo(java.io.OutputStream.nullOutputStream()) == SEGMENT_BYTES;
    } catch (java.util.zip.ZipException | java.io.EOFException damaged) {
      return false;
    }
  }

  /**
   * Removes what no recovery that begins at this place or later reads, of every timeline; gives how
   * many files.
   */
  int removeBefore(long first) throws IOException {
    int removed = 0;
    for (Path file : files()) {
      if (place(file.getFileName().toString()) < first) {
        Files.delete(file);
        removed++;
      }
    }
    return removed;
  }
}
