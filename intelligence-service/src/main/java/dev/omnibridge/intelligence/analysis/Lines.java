// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.Arrays;

/**
 * Where the lines of a text begin and end, without their terminators (LF, CR LF or CR). A last line
 * without a terminator counts, an empty rest after the last terminator does not.
 */
record Lines(String text, int[] starts, int[] ends, int crlf, int lf, int cr) {

  static Lines of(String text) {
    var found = new Collector();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\n' && c != '\r') {
        continue;
      }
      boolean pair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      found.add(start, i);
      found.crlf += pair ? 1 : 0;
      found.lf += c == '\n' ? 1 : 0;
      found.cr += c == '\r' && !pair ? 1 : 0;
      i += pair ? 1 : 0;
      start = i + 1;
    }
    if (start < text.length()) {
      found.add(start, text.length());
    }
    return found.toLines(text);
  }

  int count() {
    return starts.length;
  }

  String line(int index) {
    return in(text, index);
  }

  /** The same line of a text of the same shape, as the masks of {@link SourceText} are. */
  String in(String mask, int index) {
    return mask.substring(starts[index], ends[index]);
  }

  boolean blank(int index) {
    return firstVisible(index) < 0;
  }

  /** Offset of the first character of a line that is no white space, -1 without one. */
  int firstVisible(int index) {
    for (int i = starts[index]; i < ends[index]; i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    return -1;
  }

  /** The line, counted from 1, that holds an offset. */
  int numberAt(int offset) {
    int index = Arrays.binarySearch(starts, offset);
    return index >= 0 ? index + 1 : -index - 1;
  }

  private static final class Collector {
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int count;
    private int crlf;
    private int lf;
    private int cr;

    void add(int start, int end) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, count * 2);
        ends = Arrays.copyOf(ends, count * 2);
      }
      starts[count] = start;
      ends[count++] = end;
    }

    Lines toLines(String text) {
      return new Lines(
          text, Arrays.copyOf(starts, count), Arrays.copyOf(ends, count), crlf, lf, cr);
    }
  }
}
