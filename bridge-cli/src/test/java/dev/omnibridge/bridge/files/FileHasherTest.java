// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FileDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileHasherTest {
  private static final int LARGE = 3 * 1024 * 1024;
  private static final Digests NONE =
      new Digests(Blake3.hash(new byte[0]), Blake3.hash(new byte[0]), 0, Digests.Nature.BINARY);

  @TempDir private Path directory = Path.of("");

  private long hashed;
  private final FileHasher hasher = new FileHasher(1, bytes -> hashed += bytes);

  @AfterEach
  void close() {
    hasher.close();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("file"), bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1024, 1025, 1 << 20, (1 << 20) + 1, LARGE + 7})
  void shouldGiveTheDigestsOfAnyFile(int size) throws Exception {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Path file = file(bytes);

    try (var turn = hasher.turn()) {
      assertThat(turn.digests(file)).isEqualTo(FileDigest.of(bytes));
      assertThat(turn.contentOnly(file).contentHash()).isEqualTo(Blake3.hash(bytes));
      assertThat(hashed).isEqualTo(2L * size);
    }
  }

  private interface Change {
    void on(Path file) throws IOException;
  }

  private void shouldTell(int size, Change change) throws Exception {
    Path file = file(new byte[size]);
    try (var turn = hasher.turn()) {
      assertThatThrownBy(() ->
              turn.read(
                  file,
                  bytes -> {
                    try {
                      change.on(file);
                    } catch (IOException failure) {
                      throw new UncheckedIOException(failure);
                    }
                    return digest(bytes);
                  }))
          .isInstanceOf(FileChangedException.class);
      assertThat(turn.digests(file(new byte[size])).size()).isEqualTo(size);
    }
  }

  /** Touches every page, as hashing does. */
  private static Digests digest(MemorySegment bytes) {
    long sum = 0;
    for (long at = 0; at < bytes.byteSize(); at += 512) {
      sum += bytes.get(ValueLayout.JAVA_BYTE, at);
    }
    assertThat(sum).isZero();
    return NONE;
  }

  @ParameterizedTest
  @ValueSource(ints = {100, LARGE})
  void shouldTellOfAFileThatIsAppendedToMeanwhile(int size) throws Exception {
    shouldTell(size, file -> Files.writeString(file, "x", StandardOpenOption.APPEND));
  }

  @ParameterizedTest
  @ValueSource(ints = {100, LARGE})
  void shouldTellOfAFileThatBecomesShorterMeanwhile(int size) throws Exception {
    shouldTell(
        size,
        file -> {
          try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(10);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {100, LARGE})
  void shouldTellOfAFileThatIsReplacedMeanwhile(int size) throws Exception {
    shouldTell(
        size,
        file -> {
          Path other = Files.write(directory.resolve("other"), new byte[size]);
          Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
          Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        });
  }

  @Test
  void shouldTellThatThereIsNoFile() throws Exception {
    try (var turn = hasher.turn()) {
      assertThatThrownBy(() -> turn.digests(directory.resolve("nothing")))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void shouldHashWhatTheKernelMakesUpAsItIsRead() throws Exception {
    Path version = Path.of("/proc/version");
    assumeThat(version).exists();
    byte[] bytes = Files.readAllBytes(version);

    try (var turn = hasher.turn()) {
      assertThat(bytes).isNotEmpty();
      assertThat(turn.digests(version)).isEqualTo(FileDigest.of(bytes));
      assertThat(turn.contentOnly(version).contentHash()).isEqualTo(Blake3.hash(bytes));
    }
  }

  @Test
  @Timeout(20)
  void shouldOpenNothingButRegularFiles() throws Exception {
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    try (var turn = hasher.turn()) {
      for (Path path : List.of(fifo, directory, Path.of("/dev/zero"))) {
        assertThatThrownBy(() -> turn.contentOnly(path)).hasMessageContaining("regular file");
      }
    }
  }
}
