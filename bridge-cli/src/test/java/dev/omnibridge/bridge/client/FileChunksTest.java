// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.omnibridge.bridge.files.FileChangedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChunksTest {
  @TempDir private Path directory = Path.of("");

  private Path file(int bytes) throws IOException {
    var content = new byte[bytes];
    new Random(7).nextBytes(content);
    return Files.write(directory.resolve("file"), content);
  }

  @Test
  void shouldHandOnEveryByteInChunksOfBoundedSize() throws IOException {
    Path file = file(2 * FileChunks.SIZE + 1);
    var read = new ByteArrayOutputStream();
    var sizes = new ArrayList<Integer>();
    FileChunks.read(
        file,
        (chunk, first) -> {
          assertThat(first).isEqualTo(sizes.isEmpty());
          sizes.add(chunk.size());
          read.writeBytes(chunk.toByteArray());
          return true;
        });
    assertThat(sizes).isEqualTo(List.of(FileChunks.SIZE, FileChunks.SIZE, 1));
    assertThat(read.toByteArray()).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void shouldHandOnOneEmptyChunkOfAnEmptyFile() throws IOException {
    var sizes = new ArrayList<Integer>();
    FileChunks.read(file(0), (chunk, _) -> sizes.add(chunk.size()));
    assertThat(sizes).isEqualTo(List.of(0));
  }

  @Test
  void shouldNotTakeAFileForWholeThatBecomesShorterWhileItIsRead() throws IOException {
    Path file = file(3 * FileChunks.SIZE);
    assertThatThrownBy(() ->
            FileChunks.read(
                file,
                (_, first) -> {
                  if (first) {
                    shorten(file);
                  }
                  return true;
                }))
        .isInstanceOf(FileChangedException.class);
  }

  @Test
  void shouldNotTakeAFileForWholeThatIsWrittenToWhileItIsRead() throws IOException {
    Path file = file(3 * FileChunks.SIZE);
    assertThatThrownBy(() ->
            FileChunks.read(
                file,
                (_, first) -> {
                  if (first) {
                    touch(file);
                  }
                  return true;
                }))
        .isInstanceOf(FileChangedException.class);
  }

  private static void touch(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1));
      Files.setLastModifiedTime(file, FileTime.fromMillis(7));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void shorten(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(FileChunks.SIZE + 10L);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void shouldSayThatAFileVanishedBeforeItWasRead() {
    assertThatThrownBy(() -> FileChunks.read(directory.resolve("gone"), (_, _) -> true))
        .isInstanceOf(NoSuchFileException.class);
  }
}
