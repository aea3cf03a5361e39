// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes.Name;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrariesTest {
  @TempDir private Path directory = Path.of("");

  private String printed(String classPath) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
    if (!classPath.isEmpty()) {
      manifest.getMainAttributes().put(Name.CLASS_PATH, classPath);
    }
    Path jar = directory.resolve("some.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    PrintStream before = System.out;
    var out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      Libraries.main(new String[] {jar.toString()});
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldPrintEveryLibraryOnALineOfItsOwn() throws Exception {
    assertThat(printed("lib/" + "a".repeat(90) + ".jar lib/b-1.0.jar").lines())
        .containsExactly("lib/" + "a".repeat(90) + ".jar", "lib/b-1.0.jar");
    assertThat(printed("")).isEmpty();
  }
}
