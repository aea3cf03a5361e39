// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** What runs tell: on standard output, and in a file behind what was told before. */
record Notes(Path file) {
  void say(String sentence, @Nullable Object... arguments) {
    String text = sentence.formatted(arguments) + "\n";
    System.out.print(text);
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
