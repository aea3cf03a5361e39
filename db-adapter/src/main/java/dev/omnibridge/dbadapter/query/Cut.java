// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A moment of the log, as the next position of every lane. Positions have no gaps and become
 * visible in order, so the events below them are the same set for ever, whatever is appended.
 */
public record Cut(Integer[] lanes, Long[] next) {

  /** As it stands in a page token. */
  public String text() {
    return IntStream.range(0, lanes.length)
        .mapToObj(i -> lanes[i] + ":" + next[i])
        .collect(Collectors.joining(","));
  }

  /** The moment in a page token. */
  public static Cut of(String text) {
    String[] parts = text.split(",", -1);
    return new Cut(
        Arrays.stream(parts).map(part -> Integer.valueOf(before(part))).toArray(Integer[]::new),
        Arrays.stream(parts).map(part -> Long.valueOf(after(part))).toArray(Long[]::new));
  }

  private static String before(String part) {
    return part.substring(0, part.indexOf(':'));
  }

  private static String after(String part) {
    return part.substring(part.indexOf(':') + 1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cut cut && cut.text().equals(text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
