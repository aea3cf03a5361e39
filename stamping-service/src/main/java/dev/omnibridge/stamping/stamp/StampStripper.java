// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.runtime.blake3.Hash;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes the stamps out of a text that comes in pieces, and tells which it saw.
 *
 * <p>A stamp is made of whole lines, and goes with their ends. Only a well-formed stamp goes: what
 * merely looks like one is text, so that nothing can be hidden in it. The two marker lines of the
 * rich form go wherever they stand; thus what is left never holds a stamp again, however the lines
 * were nested.
 *
 * <p>Only lines that may belong to a stamp are held, and no more of them than a stamp can have:
 * what is longer is text.
 */
final class StampStripper {
  private static final int MAX_LINE = 20 * 1024;
  private static final int MAX_BLOCK = 32 * 1024;
  private static final byte[] LINE_MARK = LightweightStamp.MARK.getBytes(US_ASCII);
  private static final byte[] COMMENT_MARK = "<!-- ONEX".getBytes(US_ASCII);
  private static final String HASH_ONLY_MARK = "<!-- ONEX:META:";
  private static final Pattern HASH_ONLY =
      Pattern.compile("<!-- ONEX:META:(?<hash>[0-9a-f]{64}) -->");

  private final Lines out;
  private final Consumer<FoundStamp> found;
  private int lineNumber = 1;
  private boolean atLineStart = true;

  /** The current line so far, when it may belong to a stamp. */
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private boolean holding;

  /** The lines behind a start marker; null outside of a block. */
  private @Nullable ByteArrayOutputStream block;

  private int blockStart;

  StampStripper(Lines out, Consumer<FoundStamp> found) {
    this.out = out;
    this.found = found;
  }

  /** Takes in the next bytes. */
  void update(byte[] bytes, int from, int to) {
    split(bytes, from, to, this::piece);
  }

  /** Ends the text: what is held is decided. */
  void finish() {
    if (holding) {
      decide(false);
    }
    endBlock();
  }

  private static void split(byte[] bytes, int from, int to, Lines lines) {
    for (int at = from; at < to; ) {
      int end = at;
      while (end < to && bytes[end] != '\n') {
        end++;
      }
      lines.piece(bytes, at, end, end < to);
      at = end + 1;
    }
  }

  private void piece(byte[] bytes, int from, int to, boolean endsLine) {
    if (atLineStart) {
      holding = block != null || mayBeginStamp(bytes, from, to);
      atLineStart = false;
    }
    if (holding && line.size() + to - from > MAX_LINE) {
      letGo();
    }
    if (holding) {
      line.write(bytes, from, to - from);
    } else {
      out.piece(bytes, from, to, endsLine);
    }
    if (endsLine) {
      if (holding) {
        decide(true);
      }
      atLineStart = true;
      lineNumber++;
    }
  }

  /** False when these first bytes of a line shut a stamp out. */
  private static boolean mayBeginStamp(byte[] bytes, int from, int to) {
    return agree(LINE_MARK, bytes, from, to)
        || agree(COMMENT_MARK, bytes, from, to)
        || agree(ByteOrderMark.BYTES, bytes, from, to);
  }

  private static boolean agree(byte[] mark, byte[] bytes, int from, int to) {
    int length = Math.min(mark.length, to - from);
    return Arrays.equals(mark, 0, length, bytes, from, from + length);
  }

  /** The line is longer than any of a stamp: it is text, with what is still to come of it. */
  private void letGo() {
    endBlock();
    flushLine(false);
    holding = false;
  }

  private void decide(boolean ended) {
    byte[] raw = line.toByteArray();
    int mark = ByteOrderMark.length(raw);
    if (isStampLine(new String(raw, mark, raw.length - mark, UTF_8).stripTrailing())) {
      out.piece(raw, 0, mark, false);
      line.reset();
    } else if (block != null && block.size() + raw.length < MAX_BLOCK) {
      block.writeBytes(raw);
      if (ended) {
        block.write('\n');
      }
      line.reset();
    } else {
      endBlock();
      flushLine(ended);
    }
  }

  /** True when the line goes; it may begin or end a block. */
  private boolean isStampLine(String text) {
    if (text.equals(RichStamp.START)) {
      endBlock();
      block = new ByteArrayOutputStream();
      blockStart = lineNumber;
      return true;
    }
    if (text.equals(RichStamp.END)) {
      closeBlock();
      return true;
    }
    if (text.startsWith(LightweightStamp.MARK)) {
      LightweightStamp stamp = LightweightStamp.parse(text);
      return report(StampType.LIGHTWEIGHT, stamp == null ? null : stamp.hash(), lineNumber);
    }
    if (text.startsWith(HASH_ONLY_MARK)) {
      var form = HASH_ONLY.matcher(text);
      Hash hash = form.matches() ? Hash.parse(form.group("hash")) : null;
      return report(StampType.HASH_ONLY, hash, lineNumber);
    }
    return false;
  }

  private boolean report(StampType type, @Nullable Hash hash, int at) {
    found.accept(new FoundStamp(type, hash, at));
    return hash != null;
  }

  /** At an end marker: the block goes when it is a stamp. Without a block the marker just goes. */
  private void closeBlock() {
    if (block != null) {
      RichStamp stamp = RichStamp.parse(lines(block.toString(UTF_8)));
      if (stamp == null) {
        endBlock();
      } else {
        report(StampType.RICH, stamp.hash(), blockStart);
        block = null;
      }
    }
  }

  /** The lines of a text that ends with its last line's end; an empty one is a line, too. */
  private static List<String> lines(String text) {
    return Arrays.asList(text.split("\n", -1))
        .subList(0, (int) text.chars().filter(c -> c == '\n').count());
  }

  /** The block, if there is one, is no stamp: its lines are text. */
  private void endBlock() {
    if (block != null) {
      byte[] held = block.toByteArray();
      block = null;
      report(StampType.RICH, null, blockStart);
      split(held, 0, held.length, out);
    }
  }

  private void flushLine(boolean ended) {
    byte[] raw = line.toByteArray();
    line.reset();
    out.piece(raw, 0, raw.length, ended);
  }
}
