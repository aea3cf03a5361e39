// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.bridge.files.FileNotWrittenException;
import dev.omnibridge.bridge.files.FileReplacement;
import dev.omnibridge.stamping.interop.Sidecar;
import dev.omnibridge.stamping.stamp.FoundStamp;
import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import dev.omnibridge.stamping.stamp.StampType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The file beside another one that holds its stamp. A link in its place is not followed, and
 * nothing but a regular file is opened.
 */
record SidecarFile(Path path) {
  private static final int MOST_BYTES = 256 * 1024;

  /** In bytes; a file whose sidecar would have a longer name has none. */
  private static final int LONGEST_NAME = 255;

  /** That of a file, whether it is there or not. */
  static SidecarFile of(Path file) {
    return new SidecarFile(file.resolveSibling(Sidecar.name(String.valueOf(file.getFileName()))));
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  /** The stamp in it; flawed when it holds none, and null when it is not there. */
  @Nullable FoundStamp stamp() throws IOException {
    BasicFileAttributes there = attributes();
    if (there == null) {
      return null;
    }
    return there.isRegularFile()
        ? Sidecar.read(bytes())
        : FoundStamp.flawed(StampType.DETACHED, Flaw.MALFORMED, 0);
  }

  /** Writes it; false when it holds this already. What is no sidecar stays what it is. */
  boolean write(byte[] document) throws IOException {
    BasicFileAttributes there = attributes();
    if (there != null && !there.isRegularFile()) {
      throw new FileNotWrittenException(path, "it is not a regular file");
    }
    byte[] old = there == null ? null : bytes();
    if (old != null && Arrays.equals(old, document)) {
      return false;
    }
    if (old != null && Sidecar.read(old).flaw() != null) {
      throw new FileNotWrittenException(path, "it holds something else than a stamp");
    }
    FileReplacement.writeOwn(path, old, document);
    return true;
  }

  private @Nullable BasicFileAttributes attributes() throws IOException {
    if (name().getBytes(UTF_8).length > LONGEST_NAME) {
      return null;
    }
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException none) {
      return null;
    }
  }

  private byte[] bytes() throws IOException {
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(MOST_BYTES);
    }
  }
}
