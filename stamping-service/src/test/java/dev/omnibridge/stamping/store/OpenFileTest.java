// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.stamp.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes while it is read is not stamped. */
class OpenFileTest {
  private static final int MIB = 1024 * 1024;

  @TempDir Path root;
  private final byte[] bytes = new byte[3 * MIB];
  private Path file;

  @BeforeEach
  void write() throws IOException {
    new Random(1).nextBytes(bytes);
    file = Files.write(root.resolve("file"), bytes);
  }

  @Test
  void shouldHashAFileInSlices() throws IOException {
    try (var open = OpenFile.open(root, Path.of("file"))) {
      int slices = 1;
      while (open.read(MIB)) {
        slices++;
      }
      assertThat(slices).isGreaterThan(3);
      assertThat(open.finish()).isEqualTo(FileDigest.of(bytes));
    }
  }

  @Test
  void shouldNoticeAnotherSize() throws IOException {
    changed(() -> Files.write(file, new byte[1], StandardOpenOption.APPEND));
    changed(() -> Files.write(file, new byte[MIB]));
  }

  @Test
  void shouldNoticeOtherBytesOfTheSameSize() throws IOException {
    changed(() -> {
      Files.write(file, new byte[bytes.length]);
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 5_000));
    });
  }

  @Test
  void shouldNoticeThatTheNameIsAnotherFiles() throws IOException {
    changed(() -> {
      Path other = Files.write(root.resolve("other"), bytes);
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    });
    changed(() -> Files.delete(file));
  }

  private interface Change {
    void make() throws IOException;
  }

  private void changed(Change change) throws IOException {
    write();
    try (var open = OpenFile.open(root, Path.of("file"))) {
      assertThat(open.read(MIB)).isTrue();
      change.make();
      Fault fault =
          catchThrowableOfType(
              Fault.class,
              () -> {
                while (open.read(MIB)) {}
                open.finish();
              });
      assertThat(fault.reason()).isEqualTo("FILE_CHANGED");
    }
  }
}
