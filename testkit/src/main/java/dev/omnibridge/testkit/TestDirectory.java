// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The directory of a server that lives as long as the JVM of the tests. */
record TestDirectory(Path path) {

  /** Under `target` where Maven runs the tests, else under the system's temporary directory. */
  static TestDirectory create(String name) {
    var target = Path.of("target").toAbsolutePath();
    try {
      return new TestDirectory(
          Files.isDirectory(target)
              ? Files.createTempDirectory(target, "testkit-" + name + "-")
              : Files.createTempDirectory("testkit-" + name + "-"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void deleteAtExitAfter(Runnable stop) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("testkit-stop")
                .unstarted(() -> {
                  stop.run();
                  delete();
                }));
  }

  private void delete() {
    try (var files = Files.walk(path)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
