// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FileDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * A regular file that was reached from its root name by name, each within the directory opened
 * before and never through a link, so that nobody who moves directories about meanwhile can lead
 * elsewhere. It blocks: for workers.
 */
final class OpenFile implements AutoCloseable {
  /** What an open file holds. */
  static final int BUFFER = 256 * 1024;

  private final SecureDirectoryStream<Path> directory;
  private final Path name;
  private final BasicFileAttributes before;
  private final SeekableByteChannel channel;
  private final FileDigest digest = new FileDigest();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long read;
  private long nanos;

  private OpenFile(SecureDirectoryStream<Path> directory, Path name) throws IOException {
    this.directory = directory;
    this.name = name;
    this.before = look(directory, name);
    if (!before.isRegularFile()) {
      throw notRegular(before);
    }
    this.channel = directory.newByteChannel(name, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS));
    try {
      checkOpened();
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  /** Another file, or a pipe, may have come between looking and opening. A pipe has no position. */
  private void checkOpened() throws IOException {
    if (!Objects.equals(look(directory, name).fileKey(), before.fileKey())
        || channel.position() != 0
        || channel.size() != before.size()) {
      throw changed();
    }
  }

  /** Opens the file that is so far below a root. */
  static OpenFile open(Path root, Path below) {
    try {
      SecureDirectoryStream<Path> directory = secure(Files.newDirectoryStream(root));
      try {
        for (Path step : below.getParent() == null ? Set.<Path>of() : below.getParent()) {
          directory = enter(directory, step);
        }
        return new OpenFile(directory, below.getFileName());
      } catch (IOException | RuntimeException failure) {
        directory.close();
        throw failure;
      }
    } catch (NoSuchFileException | NotDirectoryException missing) {
      throw Fault.notFound("FILE_NOT_FOUND", "There is no such file below the root.");
    } catch (IOException failure) {
      throw unreadable(failure);
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> opened)
      throws IOException {
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    opened.close();
    throw Fault.of(
        Kind.REFUSED,
        "ROOTS_UNSUPPORTED",
        "This machine's file system cannot be walked without following links.");
  }

  /** The directory of a name in a directory, which is closed. */
  private static SecureDirectoryStream<Path> enter(SecureDirectoryStream<Path> from, Path step)
      throws IOException {
    BasicFileAttributes found = look(from, step);
    if (found.isSymbolicLink()) {
      throw notRegular(found);
    }
    if (!found.isDirectory()) {
      throw new NotDirectoryException(step.toString());
    }
    SecureDirectoryStream<Path> into = from.newDirectoryStream(step, NOFOLLOW_LINKS);
    from.close();
    return into;
  }

  private static BasicFileAttributes look(SecureDirectoryStream<Path> in, Path name)
      throws IOException {
    return in.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS)
        .readAttributes();
  }

  /** Hashes on for about so many bytes; false at the end. */
  boolean read(int most) {
    long started = System.nanoTime();
    try {
      for (int done = 0; done < most; done += buffer.position()) {
        int count = channel.read(buffer.clear());
        if (count < 0) {
          return false;
        }
        read += count;
        if (read > before.size()) {
          throw changed();
        }
        digest.update(buffer.array(), 0, count);
      }
      return true;
    } catch (IOException failure) {
      throw unreadable(failure);
    } finally {
      nanos += System.nanoTime() - started;
    }
  }

  /** The digests; CONFLICT (FILE_CHANGED) unless the file is what it was when it was opened. */
  Digests finish() {
    try {
      BasicFileAttributes after = look(directory, name);
      if (read == before.size()
          && after.size() == before.size()
          && after.lastModifiedTime().equals(before.lastModifiedTime())
          && Objects.equals(after.fileKey(), before.fileKey())) {
        return digest.finish();
      }
    } catch (NoSuchFileException gone) {
      throw changed();
    } catch (IOException failure) {
      throw unreadable(failure);
    }
    throw changed();
  }

  /** The time spent reading and hashing. */
  Duration hashing() {
    return Duration.ofNanos(nanos);
  }

  @Override
  public void close() throws IOException {
    try (directory;
        channel) {
      buffer.clear();
    }
  }

  private static Fault notRegular(BasicFileAttributes found) {
    return found.isSymbolicLink()
        ? Fault.invalidField(
            "PATH_HAS_LINK", "server_path", "No part of the path may be a symbolic link.")
        : Fault.of(Kind.REFUSED, "NOT_A_REGULAR_FILE", "Only regular files can be stamped.");
  }

  private static Fault changed() {
    return Fault.of(
        Kind.CONFLICT, "FILE_CHANGED", "The file changed while it was read; try again.");
  }

  private static Fault unreadable(IOException failure) {
    return Fault.of(Kind.REFUSED, "FILE_UNREADABLE", "The server cannot read the file.")
        .with("cause", failure.getClass().getSimpleName());
  }
}
