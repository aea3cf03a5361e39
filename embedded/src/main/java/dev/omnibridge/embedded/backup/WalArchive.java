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
   * What there is from a place on.
   *
   * @param files how many archived files follow without a gap
   * @param bytes how large these are in the archive
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
  private NavigableMap<Long, Path> segments(Timelines timelines) throws IOException {
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
    return timelines(backup.startWal()).read(timeline(backup.stopWal()), backup.stopLsn());
  }

  /** What a recovery that begins in a file can read. */
  Coverage from(String first) throws IOException {
    return from(first, timelines(first), List.of());
  }

  private Timelines timelines(String first) throws IOException {
    return Timelines.from(directory, timeline(first));
  }

  /** What a recovery that begins in a file can read, where it has some files from elsewhere. */
  Coverage from(String first, Timelines timelines, List<String> elsewhere) throws IOException {
    NavigableMap<Long, Path> archived = segments(timelines);
    var names = new TreeMap<Long, String>();
    elsewhere.stream()
        .filter(name -> !LostWal.isHistory(name))
        .forEach(name -> names.put(place(name), name));
    archived.forEach((place, file) -> names.put(place, segment(file)));
    int files = 0;
    long bytes = 0;
    String last = "";
    long next = place(first);
    for (String name = names.get(next); name != null; name = names.get(next)) {
      Path file = archived.get(next);
      if (file != null) {
        files++;
        bytes += Files.size(file);
      }
      last = name;
      next++;
    }
    var more = names.higherEntry(next);
    return new Coverage(
        files,
        bytes,
        last,
        more == null ? Optional.empty() : Optional.of(name(more.getValue(), next)));
  }

  private static String segment(Path file) {
    return file.getFileName().toString().substring(0, LOG_DIGITS + TIMELINE_DIGITS);
  }

  /** The files from a place on that are not as long as they have to be, or cannot be unpacked. */
  List<String> damagedFrom(String first) throws IOException {
    var damaged = new ArrayList<String>();
    for (Path file : segments(timelines(first)).tailMap(place(first), true).values()) {
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
