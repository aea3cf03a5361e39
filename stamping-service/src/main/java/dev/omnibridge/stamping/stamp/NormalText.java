// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a text in its normal form: CR LF is LF, more than two newlines are two, no white space at
 * the ends.
 *
 * <p>Whether white space is at the end shows only when something follows it, so it waits in the
 * buffer. When it fills the buffer alone, the hash of the text before it is kept and it is hashed
 * on trial: memory stays the same for a gigabyte of blanks.
 */
final class NormalText implements Lines {
  /** What a small file needs, and what keeps the lanes of a vector kernel full in a large one. */
  private static final int BUFFER = 4 * 1024;

  private static final int FULL_BUFFER = 64 * 1024;
  private static final byte[] LF = {'\n'};
  private static final byte[] CR = {'\r'};

  private final Blake3 hasher = Blake3.hasher();
  private byte[] buffer = new byte[BUFFER];
  private int length;
  private boolean started;
  private boolean crHeld;
  private int newlines;
  private @Nullable Hash beforeBlanks;

  @Override
  public void piece(byte[] bytes, int from, int to, boolean endsLine) {
    if (from < to) {
      if (crHeld) {
        text(CR, 0, 1);
      }
      crHeld = bytes[to - 1] == '\r';
      text(bytes, from, crHeld ? to - 1 : to);
    }
    if (endsLine) {
      crHeld = false;
      newline();
    }
  }

  /** The hash of the text; a CR still held is white space at the end. */
  Hash finish() {
    int end = endOfText();
    hasher.update(buffer, 0, end);
    return end == 0 && beforeBlanks != null ? beforeBlanks : hasher.finish();
  }

  private void newline() {
    if (++newlines <= 2) {
      append(LF, 0, 1);
    }
  }

  private void text(byte[] bytes, int from, int to) {
    if (from < to) {
      newlines = 0;
      append(bytes, from, to);
    }
  }

  private void append(byte[] bytes, int from, int to) {
    int at = started ? from : skipBlanks(bytes, from, to);
    started |= at < to;
    while (at < to) {
      if (length == buffer.length) {
        makeRoom();
      }
      int count = Math.min(to - at, buffer.length - length);
      System.arraycopy(bytes, at, buffer, length, count);
      length += count;
      at += count;
    }
  }

  private void makeRoom() {
    if (length < FULL_BUFFER) {
      buffer = Arrays.copyOf(buffer, 4 * length);
    } else {
      drain();
    }
  }

  /** Hashes the full buffer up to its last white space, or all of it when it is nothing else. */
  private void drain() {
    int end = endOfText();
    if (end > 0) {
      beforeBlanks = null;
    } else {
      beforeBlanks = beforeBlanks == null ? hasher.finish() : beforeBlanks;
      end = length;
    }
    hasher.update(buffer, 0, end);
    System.arraycopy(buffer, end, buffer, 0, length - end);
    length -= end;
  }

  private int endOfText() {
    int end = length;
    while (end > 0 && isBlank(buffer[end - 1])) {
      end--;
    }
    return end;
  }

  private static int skipBlanks(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && isBlank(bytes[at])) {
      at++;
    }
    return at;
  }

  /** Space, HT, LF, VT, FF or CR. */
  private static boolean isBlank(byte b) {
    return b == ' ' || b >= '\t' && b <= '\r';
  }
}
