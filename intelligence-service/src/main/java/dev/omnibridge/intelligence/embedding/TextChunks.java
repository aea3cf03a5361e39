// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

import java.util.ArrayList;
import java.util.List;

/** Cuts a text into pieces that a model takes whole. */
final class TextChunks {
  /** About 256 word pieces, on which the model was trained. */
  static final int LENGTH = 1000;

  /** Of a longer text so many pieces are taken, evenly from its beginning to its end. */
  static final int MOST = 8;

  /** How far back a piece may be cut, so that it ends between words. */
  private static final int BACK = 100;

  private TextChunks() {}

  /** The pieces that have letters or digits; none for a text without any. */
  static List<String> of(String text) {
    List<int[]> all = bounds(text);
    List<String> chunks = new ArrayList<>();
    int taken = Math.min(all.size(), MOST);
    for (int i = 0; i < taken; i++) {
      int index = taken == 1 ? 0 : (int) ((long) i * (all.size() - 1) / (taken - 1));
      chunks.add(text.substring(all.get(index)[0], all.get(index)[1]));
    }
    return chunks;
  }

  private static List<int[]> bounds(String text) {
    List<int[]> bounds = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = Math.min(text.length(), start + LENGTH);
      if (end < text.length()) {
        end = between(text, end);
      }
      if (hasWords(text, start, end)) {
        bounds.add(new int[] {start, end});
      }
      start = end;
    }
    return bounds;
  }

  private static boolean hasWords(String text, int start, int end) {
    for (int at = start; at < end; at++) {
      if (Character.isLetterOrDigit(text.charAt(at))) {
        return true;
      }
    }
    return false;
  }

  private static int between(String text, int end) {
    for (int at = end; at > end - BACK; at--) {
      if (Character.isWhitespace(text.charAt(at))) {
        return at;
      }
    }
    return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
  }
}
