// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** The packed PostgreSQL programs on the class path, for the platform that this JVM runs on. */
record PostgresArchive(URL resource, String name) {
  private static final Set<PosixFilePermission> EXECUTE =
      EnumSet.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  static Optional<PostgresArchive> find() {
    var name = "postgres-%s-%s".formatted(system(), architecture(system()));
    return Optional.ofNullable(PostgresArchive.class.getResource("/" + name + ".txz"))
        .map(resource -> new PostgresArchive(resource, name));
  }

  private static String system() {
    return property("os.name").startsWith("mac") ? "darwin" : "linux";
  }

  private static String architecture(String system) {
    return switch (property("os.arch")) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      case String other -> system + "-" + other;
    };
  }

  private static String property(String name) {
    return System.getProperty(name, "").toLowerCase(Locale.ROOT);
  }

  /**
   * The unpacked programs under the cache directory, unpacked now if this version is not there yet.
   * Safe with several processes at once: each unpacks beside the target, the first rename wins.
   */
  Path unpackedIn(Path cache) throws IOException {
    var target = cache.resolve(name + "-" + fingerprint());
    if (Files.isDirectory(target)) {
      return target;
    }
    Files.createDirectories(cache);
    var staging = Files.createTempDirectory(cache, name + "-unpacking-");
    try {
      unpack(staging);
      Files.setPosixFilePermissions(staging, withExecute(staging));
      moveInto(staging, target);
    } finally {
      Directories.delete(staging);
    }
    return target;
  }

  /** The version in the name of the jar, or else the size: enough to tell two releases apart. */
  private String fingerprint() throws IOException {
    var jar = resource.getPath().replaceFirst("!.*$", "").replaceFirst("^.*/", "");
    var size = resource.openConnection().getContentLengthLong();
    return jar.replaceFirst("\\.jar$", "").replaceFirst("^.*-(?=\\d)", "") + "-" + size;
  }

  private void unpack(Path staging) throws IOException {
    try (var packed = open();
        var tar = new TarArchiveInputStream(packed)) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(entry, tar, staging);
      }
    }
  }

  private InputStream open() throws IOException {
    return new XZCompressorInputStream(new BufferedInputStream(resource.openStream()));
  }

  private static void write(TarArchiveEntry entry, InputStream content, Path staging)
      throws IOException {
    var file = staging.resolve(entry.getName()).normalize();
    if (!file.startsWith(staging)) {
      throw new IOException("The archive names a file outside itself: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(requireParent(file.getParent()));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(file, staging.resolve(entry.getLinkName()));
    } else {
      Files.copy(content, file);
      if ((entry.getMode() & 0100) != 0) {
        Files.setPosixFilePermissions(file, withExecute(file));
      }
    }
  }

  private static Path requireParent(@Nullable Path parent) throws IOException {
    if (parent == null) {
      throw new IOException("The archive names no file");
    }
    return parent;
  }

  /** Everybody may run the programs: as root they are run as somebody else. */
  private static Set<PosixFilePermission> withExecute(Path file) throws IOException {
    var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    permissions.addAll(EXECUTE);
    permissions.add(PosixFilePermission.GROUP_READ);
    permissions.add(PosixFilePermission.OTHERS_READ);
    return permissions;
  }

  private static void moveInto(Path staging, Path target) throws IOException {
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException failure) {
      throw failure;
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException _) {
      return;
    } catch (FileSystemException failure) {
      if (!Files.isDirectory(target)) {
        throw failure;
      }
    }
  }
}
