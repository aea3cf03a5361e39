// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.interop;

/** A content hash and a name as b3sum prints them, and checks them with {@code --check}. */
public final class B3sumLine {
  private B3sumLine() {}

  /** The line without its end; content without a name is {@code -}, which stands for the input. */
  public static String of(String contentHash, String filePath) {
    String escaped = filePath.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return (escaped.equals(filePath) ? "" : "\\")
        + contentHash
        + "  "
        + (escaped.isEmpty() ? "-" : escaped);
  }
}
