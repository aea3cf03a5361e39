// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReplacementTest {
  @TempDir private Path directory = Path.of("");

  private Path file(String mode) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "old");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void shouldReplaceTheBytesAndKeepTheMode() throws IOException {
    Path file = file("rwxr-x--x");

    FileReplacement.write(file, "old".getBytes(UTF_8), "new".getBytes(UTF_8));

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwxr-x--x");
    assertThat(directory)
        .isDirectoryContaining(file::equals)
        .isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldLeaveALinkALink() throws IOException {
    Path file = file("rw-r--r--");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    FileReplacement.write(link, "old".getBytes(UTF_8), "new".getBytes(UTF_8));

    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void shouldLeaveAFileThatHoldsOtherBytesByNow() throws IOException {
    Path file = file("rw-r--r--");

    assertThatThrownBy(
            () -> FileReplacement.write(file, "older".getBytes(UTF_8), "new".getBytes(UTF_8)))
        .isInstanceOf(FileChangedException.class);

    assertThat(file).hasContent("old");
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void shouldWriteANewFileThatOthersMayRead() throws IOException {
    Path file = directory.resolve("new");

    FileReplacement.write(file, "new".getBytes(UTF_8));

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
  }

  @Test
  void shouldNotPartTheNamesOfAFileNorReplaceWhatIsNone() throws IOException {
    Path file = file("rw-r--r--");
    Path other = Files.createLink(directory.resolve("other"), file);
    Path empty = Files.createDirectory(directory.resolve("empty"));

    for (Path path : List.of(file, empty, Path.of("/dev/null"), directory.resolve("no/file"))) {
      assertThatThrownBy(() -> FileReplacement.write(path, "new".getBytes(UTF_8)))
          .isInstanceOf(FileNotWrittenException.class)
          .hasMessageContaining(path.getFileName() + " cannot be written (");
    }

    assertThat(other).hasContent("old").hasSameBinaryContentAs(file);
    assertThat(empty).isEmptyDirectory();
    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void shouldLeaveNothingBehindWhenASignalEndsTheProcess() throws Exception {
    Path file = file("rw-r--r--");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    var process =
        new ProcessBuilder(
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Begun.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.inputReader(UTF_8).readLine()).contains(".omnibridge-");
      assertThat(directory).isDirectoryContaining("glob:**.tmp");
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    assertThat(file).hasContent("old");
  }

  /** A process that is ended in the middle of it. */
  static final class Begun {
    public static void main(String[] arguments) throws Exception {
      try (FileReplacement replacement = FileReplacement.of(Path.of(arguments[0]))) {
        System.out.println(replacement.fresh());
        new CountDownLatch(1).await();
      }
    }
  }

  @Test
  void shouldDeleteOnlyWhatIsNotInPlace() throws IOException {
    Path file = file("rw-r--r--");
    try (FileReplacement finished = FileReplacement.of(file);
        FileReplacement begun = FileReplacement.of(directory.resolve("other"))) {
      Files.writeString(finished.fresh(), "new");
      finished.finish();

      FileReplacement.deleteUnfinished();

      assertThat(begun.fresh()).doesNotExist();
    }
    assertThat(file).hasContent("new");
  }

  @Test
  void shouldFollowNoLinkToWriteAFileOfItsOwn() throws IOException {
    Path file = file("rw-r--r--");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThatThrownBy(
            () -> FileReplacement.writeOwn(link, "old".getBytes(UTF_8), "new".getBytes(UTF_8)))
        .isInstanceOf(FileNotWrittenException.class);
    assertThatThrownBy(() -> FileReplacement.writeOwn(file, null, "new".getBytes(UTF_8)))
        .isInstanceOf(FileChangedException.class);

    assertThat(link).isSymbolicLink().hasContent("old");
  }
}
