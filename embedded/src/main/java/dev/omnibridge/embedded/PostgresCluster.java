// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static dev.omnibridge.embedded.EmbeddedServerException.Reason.NOT_STARTED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The files of one embedded server: the data directory with its password, and the log beside it.
 * The data directory appears complete or not at all, however its making is interrupted.
 */
record PostgresCluster(Path home) {
  static final String NAME = "omnibridge";
  private static final long LOG_LIMIT = 8L << 20;

  Path data() {
    return home.resolve("cluster");
  }

  Path log() {
    return home.resolve("postgres.log");
  }

  boolean exists() {
    return Files.isDirectory(data());
  }

  /** Data of another major version cannot be read; no data fits all. */
  boolean fits(int major) {
    try {
      return !exists()
          || Files.readString(data().resolve("PG_VERSION")).strip().equals(Integer.toString(major));
    } catch (IOException _) {
      return false;
    }
  }

  String password() throws IOException {
    return Files.readString(passwordFile(data()));
  }

  private static Path passwordFile(Path directory) {
    return directory.resolve("omnibridge.password");
  }

  /** Makes role, password and database in a directory beside the real one, then renames it. */
  void create(PostgresBinaries binaries, boolean fsync, Deadline deadline) throws IOException {
    var staging = home.resolve("cluster.new");
    var password = home.resolve("password.new");
    Directories.delete(staging);
    writePrivately(password, newPassword());
    own(home, binaries, deadline);
    initialise(staging, password, binaries, fsync, deadline);
    Files.move(password, passwordFile(staging));
    Files.writeString(
        staging.resolve("postgresql.conf"),
        Files.readString(staging.resolve("postgresql.conf")) + "\ninclude 'omnibridge.conf'\n");
    Files.writeString(settingsFile(staging), new PostgresSettings(1, fsync).text());
    createDatabase(staging, binaries, deadline);
    Files.move(staging, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private void initialise(
      Path staging, Path password, PostgresBinaries binaries, boolean fsync, Deadline deadline) {
    var arguments =
        new ArrayList<>(
            List.of(
                "-D",
                staging.toString(),
                "-U",
                NAME,
                "--pwfile",
                password.toString(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C"));
    if (binaries.major() >= 17) {
      arguments.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
    }
    if (!fsync) {
      arguments.add("--no-sync");
    }
    run(binaries.tool("initdb", arguments.toArray(String[]::new)), deadline);
  }

  private void createDatabase(Path staging, PostgresBinaries binaries, Deadline deadline) {
    var single = binaries.tool("postgres", "--single", "-D", staging.toString(), "postgres");
    run(new Command(single.words(), "create database " + NAME + "\n"), deadline);
  }

  private void run(Command command, Deadline deadline) {
    var outcome = command.run(deadline.left());
    if (!outcome.succeeded()) {
      throw new EmbeddedServerException(
          NOT_STARTED,
          "The PostgreSQL data directory could not be made in %s: %s"
              .formatted(home, outcome.output()));
    }
  }

  /** Says for the coming start how the server is to run. */
  void configure(PostgresSettings settings, Map<String, String> more) throws IOException {
    var text = new StringBuilder(settings.text());
    more.forEach(
        (name, value) -> text.append("%s = '%s'\n".formatted(name, value.replace("'", "''"))));
    Files.writeString(settingsFile(data()), text);
  }

  private static Path settingsFile(Path directory) {
    return directory.resolve("omnibridge.conf");
  }

  /** Gives all files to the user that the server runs as, where root once ran it differently. */
  void own(Path file, PostgresBinaries binaries, Deadline deadline) throws IOException {
    var owner = binaries.runAs().owner();
    if (binaries.runAs() != PostgresBinaries.RunAs.OURSELVES
        && !Files.getOwner(file).getName().equals(owner)) {
      run(Command.of(List.of("chown", "-R", owner, home.toString())), deadline);
    }
  }

  /** Keeps the log from growing for ever: a long one becomes the one old log. */
  void rotateLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT) {
      Files.move(log(), home.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String newPassword() {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    Files.writeString(file, text);
  }
}
