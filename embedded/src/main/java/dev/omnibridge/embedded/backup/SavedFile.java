// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of a backup as its manifest has it.
 *
 * @param path below the data directory, with slashes
 * @param modified in milliseconds since 1970
 * @param sha256 of its content, in hexadecimal digits
 */
record SavedFile(String path, long size, long modified, String sha256) {
  private static final int BUFFER = 256 * 1024;

  /** Hears of every piece that was copied or read. */
  interface Meter {
    void moved(long bytes);
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Copies a file, which may change meanwhile; whoever needs the copy on disk syncs it. */
  static SavedFile copy(Path from, Path to, String path, Meter meter) throws IOException {
    var digest = digest();
    long modified = Files.getLastModifiedTime(from).toMillis();
    try (InputStream in = Files.newInputStream(from);
        OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      long size = pump(in, out, digest, meter);
      return new SavedFile(path, size, modified, hex(digest));
    }
  }

  /** The file as it is now. */
  static SavedFile read(Path file, String path, Meter meter) throws IOException {
    var digest = digest();
    try (InputStream in = Files.newInputStream(file)) {
      long size = pump(in, OutputStream.nullOutputStream(), digest, meter);
      return new SavedFile(path, size, Files.getLastModifiedTime(file).toMillis(), hex(digest));
    }
  }

  private static long pump(InputStream in, OutputStream out, MessageDigest digest, Meter meter)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("it was interrupted");
      }
      digest.update(buffer, 0, read);
      out.write(buffer, 0, read);
      size += read;
      meter.moved(read);
    }
    return size;
  }

  boolean isSameAs(SavedFile other) {
    return size == other.size && sha256.equals(other.sha256);
  }
}
