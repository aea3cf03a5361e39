// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the stamps out of a text that comes in pieces, and tells which it saw.
 *
 * <p>A stamp is made of whole lines that are comments, of any style, and goes with their ends. Only
 * a well-formed stamp goes: what merely looks like one is text, so that nothing can be hidden in
 * it. For hashing, the markers of blocks go wherever they stand; thus what is left never holds a
 * stamp again, however the lines were nested. For writing, only what states a hash goes: the rest
 * may be somebody's words about stamps, or a block that somebody wrote.
 *
 * <p>Only lines that may belong to a stamp are held, and no more of them than a stamp can have:
 * what is longer is text.
 */
final class StampStripper {
  /** The most bytes that a line of a stamp has; a longer one is text. */
  static final int MAX_LINE = 20 * 1024;

  private static final byte[][] MARKS =
      Stream.concat(
              Stream.of(ByteOrderMark.BYTES),
              Arrays.stream(CommentStyle.values())
                  .flatMap(style ->
                      StampLine.MARKS.stream()
                          .map(mark -> (style.open() + " " + mark).getBytes(US_ASCII))))
          .toArray(byte[][]::new);

  private final Lines out;
  private final Consumer<FoundStamp> found;
  private final boolean forWriting;
  private int lineNumber = 1;
  private boolean atLineStart = true;

  /** The current line so far, when it may belong to a stamp. */
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private boolean holding;

  /** The lines behind an opening marker; null outside of a block. */
  private @Nullable StampBlock block;

  private StampStripper(Lines out, Consumer<FoundStamp> found, boolean forWriting) {
    this.out = out;
    this.found = found;
    this.forWriting = forWriting;
  }

  /** Leaves what the file hash is over. */
  static StampStripper forHashing(Lines out, Consumer<FoundStamp> found) {
    return new StampStripper(out, found, false);
  }

  /** Leaves all but the stamps that another one replaces. */
  static StampStripper forWriting(Lines out) {
    return new StampStripper(out, _ -> {}, true);
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
    endBlock(Flaw.TRUNCATED);
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
    if (from == to || bytes[from] >= 'A') {
      return false;
    }
    for (byte[] mark : MARKS) {
      int length = Math.min(mark.length, to - from);
      if (Arrays.equals(mark, 0, length, bytes, from, from + length)) {
        return true;
      }
    }
    return false;
  }

  /** The line is longer than any of a stamp: it is text, with what is still to come of it. */
  private void letGo() {
    endBlock(Flaw.MALFORMED);
    flushLine(false);
    holding = false;
  }

  private void decide(boolean ended) {
    byte[] raw = line.toByteArray();
    int mark = ByteOrderMark.length(raw);
    String text = new String(raw, mark, raw.length - mark, UTF_8).stripTrailing();
    if (isStampLine(StampLine.of(text), raw, mark, ended)) {
      out.piece(raw, 0, mark, false);
      line.reset();
    } else if (block != null && block.add(raw, ended)) {
      line.reset();
    } else {
      endBlock(Flaw.MALFORMED);
      flushLine(ended);
    }
  }

  /** True when the line goes; it may begin or end a block. */
  private boolean isStampLine(StampLine read, byte[] raw, int from, boolean ended) {
    return switch (read) {
      case StampLine.Text _ -> false;
      case StampLine.Opens opening -> {
        endBlock(Flaw.MALFORMED);
        block = new StampBlock(opening, lineNumber, opened(raw, from, ended));
        yield true;
      }
      case StampLine.Closes closing -> closeBlock(closing.type()) || !forWriting;
      case StampLine.Whole(var type, var stamp) when stamp == null -> {
        found.accept(FoundStamp.flawed(type, ended ? Flaw.MALFORMED : Flaw.TRUNCATED, lineNumber));
        yield false;
      }
      case StampLine.Whole(var type, var stamp) -> {
        found.accept(FoundStamp.of(type, stamp, lineNumber));
        // A byte order mark would leave the block that is held: the line stays, and is in the way.
        yield !forWriting || block == null || from == 0;
      }
    };
  }

  /** The opening line, which stays with its block when a text is written. */
  private byte[] opened(byte[] raw, int from, boolean ended) {
    if (!forWriting) {
      return new byte[0];
    }
    byte[] opened = Arrays.copyOfRange(raw, from, raw.length + (ended ? 1 : 0));
    if (ended) {
      opened[opened.length - 1] = '\n';
    }
    return opened;
  }

  /** At a closing marker: true when there is a block and it goes, because it is a stamp. */
  private boolean closeBlock(StampType closing) {
    if (block == null) {
      return false;
    }
    FoundStamp seen = block.close(closing);
    found.accept(seen);
    boolean goes = seen.flaw() == null && (seen.hash() != null || !forWriting);
    byte[] held = goes ? new byte[0] : block.bytes();
    block = null;
    split(held, 0, held.length, out);
    return goes;
  }

  /** The block, if there is one, is no stamp: its lines are text. */
  private void endBlock(Flaw flaw) {
    if (block != null) {
      byte[] held = block.bytes();
      found.accept(block.flawed(flaw));
      block = null;
      split(held, 0, held.length, out);
    }
  }

  private void flushLine(boolean ended) {
    byte[] raw = line.toByteArray();
    line.reset();
    out.piece(raw, 0, raw.length, ended);
  }
}
