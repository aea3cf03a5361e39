// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.demo.Material.SourceFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaterialTest {
  private static final String HASH = "0".repeat(64);

  @Test
  void shouldTakeSourcesAndLeaveWhatIsBuiltOrForeign(@TempDir Path root) throws Exception {
    write(root, "src/A.java", "README.md", "b.proto", "target/B.java", "node_modules/c.js");
    write(root, ".omnibridge/run.json", "picture.png");

    assertThat(SourceFiles.under(root))
        .extracting(Path::toString)
        .containsExactly("README.md", "b.proto", "src/A.java");
  }

  private static void write(Path root, String... names) throws Exception {
    for (String name : names) {
      Path file = root.resolve(name);
      Path unused = Files.createDirectories(file.getParent());
      unused = Files.writeString(file, name);
    }
  }

  @Test
  void shouldPutHundredsOfFilesIntoOneInput() throws Exception {
    var batches = Batches.of(files(700));

    assertThat(batches).singleElement().satisfies(batch -> assertThat(batch.files()).hasSize(700));
    var input = new ObjectMapper().readTree(batches.getFirst().input());
    assertThat(input.at("/files/699/path").asText()).isEqualTo("src/File699.java");
    assertThat(input.at("/files/0/contentHash").asText()).isEqualTo(HASH);
  }

  @Test
  void shouldSplitWhatIsTooLargeForOneInputAndLoseNothing() {
    List<SourceFile> files = files(5_000);
    var batches = Batches.of(files);

    assertThat(batches).hasSizeGreaterThan(1);
    assertThat(batches)
        .allSatisfy(batch ->
            assertThat(batch.input().getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(256 * 1024));
    var together = new ArrayList<SourceFile>();
    batches.forEach(batch -> together.addAll(batch.files()));
    assertThat(together).isEqualTo(files);
  }

  private static List<SourceFile> files(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new SourceFile("src/File%d.java".formatted(i), HASH, i))
        .toList();
  }
}
