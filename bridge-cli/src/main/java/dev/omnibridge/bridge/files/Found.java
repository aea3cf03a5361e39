// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.file.Path;

/** What a walk comes upon. */
public sealed interface Found {
  /** Where, as the user would write it. */
  Path path();

  /** A file, with its size in bytes at that moment. */
  record File(Path path, long size) implements Found {}

  /** A file or directory that cannot be read; the walk goes on behind it. */
  record Unreadable(Path path, IOException why) implements Found {}
}
