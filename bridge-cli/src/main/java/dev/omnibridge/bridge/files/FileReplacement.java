// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the bytes of a file at once: whoever reads it finds the old ones or the new ones. Owner
 * and mode stay. Only regular files of one name are replaced, or made; whatever fails ends in
 * {@link FileNotWrittenException} or {@link FileChangedException}, and leaves nothing behind.
 */
public final class FileReplacement implements AutoCloseable {
  private static final Set<PosixFilePermission> NEW_FILE =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.OTHERS_READ);

  /** Fresh files that are not in place yet; a process that a signal ends deletes them. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    var onSignal = new Thread(FileReplacement::deleteUnfinished, "unfinished-files");
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  private final Path target;
  private final Path fresh;

  private FileReplacement(Path target) throws IOException {
    this.target = target;
    requireReplaceable(target);
    // Made readable for nobody else, until it has the mode of the old one.
    fresh = Files.createTempFile(target.getParent(), ".omnibridge-", ".tmp");
    UNFINISHED.add(fresh);
  }

  static void deleteUnfinished() {
    for (Path one : UNFINISHED) {
      try {
        Files.deleteIfExists(one);
      } catch (IOException left) {
        continue;
      }
    }
  }

  /** Begins to replace a file, or to make a new one. A link is followed, so that it stays one. */
  public static FileReplacement of(Path file) throws IOException {
    try {
      boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      return new FileReplacement(there ? file.toRealPath() : file.toAbsolutePath());
    } catch (IOException failure) {
      throw told(file, failure);
    }
  }

  /** The file beside it that the new bytes go to. */
  public Path fresh() {
    return fresh;
  }

  /** Puts the new bytes in place. */
  public void finish() throws IOException {
    finish(null);
  }

  private void finish(byte @Nullable [] expected) throws IOException {
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      keepOwner();
      requireReplaceable(target);
      if (expected != null && !Arrays.equals(expected, Files.readAllBytes(target))) {
        throw new FileChangedException(target);
      }
      Files.move(
          fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      UNFINISHED.remove(fresh);
    } catch (IOException failure) {
      throw told(target, failure);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(fresh);
    UNFINISHED.remove(fresh);
  }

  /**
   * Writes the new bytes in place of those that were read before.
   *
   * @throws FileChangedException when the file holds others by now
   */
  public static void write(Path file, byte[] expected, byte[] bytes) throws IOException {
    try (FileReplacement replacement = of(file)) {
      replacement.fill(bytes);
      replacement.finish(expected);
    }
  }

  /** Writes a file that may be new. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (FileReplacement replacement = of(file)) {
      replacement.fill(bytes);
      replacement.finish(null);
    }
  }

  /**
   * Writes a file that nobody else has to do with: where it is no link is followed.
   *
   * @param expected what was read there before; null when there was nothing
   */
  public static void writeOwn(Path file, byte @Nullable [] expected, byte[] bytes)
      throws IOException {
    try (FileReplacement replacement = new FileReplacement(file.toAbsolutePath())) {
      replacement.fill(bytes);
      if (expected == null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileChangedException(file);
      }
      replacement.finish(expected);
    } catch (IOException failure) {
      throw told(file, failure);
    }
  }

  private void fill(byte[] bytes) throws IOException {
    try {
      Files.write(fresh, bytes);
    } catch (IOException failure) {
      throw told(target, failure);
    }
  }

  /** A move would replace an empty directory, a device or a FIFO, and part a file's two names. */
  private static void requireReplaceable(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    var old = Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!old.isRegularFile()) {
      throw new FileNotWrittenException(target, "it is not a regular file");
    }
    if (target.getFileSystem().supportedFileAttributeViews().contains("unix")
        && Files.getAttribute(target, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
            instanceof Integer names
        && names > 1) {
      throw new FileNotWrittenException(target, "it has other names, hard links to it");
    }
  }

  private void keepOwner() throws IOException {
    var view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      view.setPermissions(NEW_FILE);
      return;
    }
    var old = Files.readAttributes(target, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    var now = view.readAttributes();
    if (!now.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    if (!now.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    view.setPermissions(old.permissions());
  }

  private static IOException told(Path file, IOException failure) {
    return failure instanceof FileNotWrittenException || failure instanceof FileChangedException
        ? failure
        : FileNotWrittenException.of(file, failure);
  }
}
