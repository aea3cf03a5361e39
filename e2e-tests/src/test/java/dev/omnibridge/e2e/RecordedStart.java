// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a JVM has kept of an earlier start of the same jar, so that the next one need not load all
 * of it anew; the images have the like of it. {@link StartsIT} leaves them. Java puts one aside
 * that does not fit, so it decides about nothing but the time that a start takes.
 */
final class RecordedStart {
  private static final Duration RECORDING = Duration.ofSeconds(60);

  private final Path directory;
  private final String start;
  private final Path recorded;
  private final Path recording;
  private final boolean isNew;
  private final boolean records;

  private RecordedStart(
      Path directory, String start, Path recorded, Path recording, boolean records) {
    this.directory = directory;
    this.start = start;
    this.recorded = recorded;
    this.recording = recording;
    this.isNew = !Files.exists(recorded);
    this.records = isNew && records;
  }

  /** Of a jar and what lies in lib/ beside it, as they are now; to be used, or recorded as well. */
  static RecordedStart of(Path jar, boolean records) throws IOException {
    Path directory = Files.createDirectories(Path.of("target", "starts").toAbsolutePath());
    String start = jar.getFileName() + "-";
    String name = start + Integer.toHexString(contents(jar).hashCode());
    return new RecordedStart(
        directory,
        start,
        directory.resolve(name + ".jsa"),
        directory.resolve(name + "-" + UUID.randomUUID() + ".new"),
        records);
  }

  private static List<String> contents(Path jar) throws IOException {
    var contents = new ArrayList<String>();
    contents.add(System.getProperty("java.home") + " " + System.getProperty("java.vm.version"));
    try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
      for (Path file : Stream.concat(Stream.of(jar), libraries.sorted()).toList()) {
        contents.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
    }
    return contents;
  }

  /** For the JVM that starts: to use what there is, or to record it at its end. */
  List<String> options() {
    if (isNew && !records) {
      return List.of();
    }
    String option =
        isNew ? "-XX:ArchiveClassesAtExit=" + recording : "-XX:SharedArchiveFile=" + recorded;
    return List.of(option, "-Xlog:cds*=off", "-Xlog:aot*=off");
  }

  /** How much longer than its own work the end of that JVM may take, on a machine that is slow. */
  Duration atTheEnd() {
    return records ? RECORDING : Duration.ZERO;
  }

  /** After the end of that JVM, for those that start later; one that was killed left nothing. */
  void keep() throws IOException {
    if (Files.exists(recording)) {
      List<Path> outdated;
      try (Stream<Path> all = Files.list(directory)) {
        outdated =
            all.filter(file -> file.getFileName().toString().startsWith(start))
                .filter(file -> file.toString().endsWith(".jsa"))
                .toList();
      }
      for (Path file : outdated) {
        Files.deleteIfExists(file);
      }
      Files.move(recording, recorded, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
