// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded.backup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of files that is to be on disk. */
class DurablyTest {
  private static final int FILES = 50;
  @TempDir private Path tree = Path.of("");

  @BeforeEach
  void write() throws IOException {
    for (int i = 0; i < FILES; i++) {
      Path directory = Files.createDirectories(tree.resolve("directory-" + i % 5));
      Path unused = Files.writeString(directory.resolve("file-" + i), "content");
    }
  }

  @Test
  void shouldSyncATree() {
    assertThatCode(() -> Durably.syncTree(tree)).doesNotThrowAnyException();
  }

  @Test
  void shouldFailWhenOneOfManyFilesCannotBeSynced() throws IOException {
    Path lost = tree.resolve("directory-3").resolve("lost");
    Path unused = Files.createSymbolicLink(lost, tree.resolve("nowhere"));
    assertThatThrownBy(() -> Durably.syncTree(tree))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("lost");
  }
}
