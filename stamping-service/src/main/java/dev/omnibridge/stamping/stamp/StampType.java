// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

/** The forms in which a stamp is written, all but the last into a text. */
public enum StampType {
  LIGHTWEIGHT("lightweight"),
  RICH("rich"),
  HASH_ONLY("hash-only"),
  TOOL_METADATA("tool-metadata"),
  DETACHED("detached");

  private final String label;

  StampType(String label) {
    this.label = label;
  }

  /** The name that users see. */
  public String label() {
    return label;
  }
}
