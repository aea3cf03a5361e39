// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

/**
 * Something the text refers to.
 *
 * @param line of the first mention, counted from 1
 * @param count how often it is mentioned
 */
public record Relationship(Kind kind, String target, int line, int count) {
  /** In which way the text refers to the target. */
  public enum Kind {
    IMPORT,
    INCLUDE,
    LINK,
    REFERENCE
  }
}
