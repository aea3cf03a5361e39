// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import java.io.IOException;
import java.nio.file.Path;

/** A file was not the same before and after it was read, so that no digest is of what it holds. */
public final class FileChangedException extends IOException {
  private static final long serialVersionUID = 1;

  /** Names the file. */
  public FileChangedException(Path file) {
    super(file + " changed while it was read");
  }
}
