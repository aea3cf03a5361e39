// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.omnibridge.api.intelligence.v1.IntelligenceServiceGrpc;
import dev.omnibridge.bridge.FakeAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeUploadTest {
  /** Even the super-user cannot read where it begins. */
  private static final Path UNREADABLE = Path.of("/proc/self/mem");

  @TempDir private Path root = Path.of("");

  @Test
  void shouldLeaveOutAndTellTheFilesThatCannotBeRead() throws Exception {
    assumeThat(UNREADABLE).exists();
    Files.writeString(root.resolve("a.md"), "text\n");
    Path directory = Files.createDirectory(root.resolve("c.md"));
    var files =
        List.of(Path.of("a.md"), UNREADABLE, Path.of("gone.md"), root.relativize(directory));

    try (var suite = new FakeAnswers("tree", IntelligenceServiceGrpc.getServiceDescriptor());
        var client = Client.open(Addresses.all(suite.address()))) {
      var sent = TreeUpload.send(client, root, files, _ -> {});

      assertThat(sent.tree().getTreeId()).isEqualTo("tree");
      assertThat(sent.leftOut()).containsExactlyElementsOf(files.subList(1, 4));
    }
  }

  @Test
  void shouldLeaveOutNothingOfWhatCanBeRead() throws IOException, InterruptedException {
    Files.writeString(root.resolve("a.md"), "text\n");

    try (var suite = new FakeAnswers("tree", IntelligenceServiceGrpc.getServiceDescriptor());
        var client = Client.open(Addresses.all(suite.address()))) {
      assertThat(TreeUpload.send(client, root, List.of(Path.of("a.md")), _ -> {}).leftOut())
          .isEmpty();
    }
  }
}
