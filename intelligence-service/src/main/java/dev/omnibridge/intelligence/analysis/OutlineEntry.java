// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * A type or a function of source code.
 *
 * @param firstLine where its name stands, counted from 1
 * @param lastLine the last line of its body
 * @param depth how many types and functions are around it
 */
public record OutlineEntry(Kind kind, String name, int firstLine, int lastLine, int depth) {
  /** What is declared. */
  public enum Kind {
    TYPE,
    FUNCTION
  }
}
