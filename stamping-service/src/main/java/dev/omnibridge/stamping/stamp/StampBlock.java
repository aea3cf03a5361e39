// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.stamping.stamp.FoundStamp.Flaw;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text from one opening marker on, while it is not known whether they are a stamp.
 */
final class StampBlock {
  private static final int MOST = 32 * 1024;

  private final StampType type;
  private final CommentStyle style;
  private final int line;
  private final byte[] opened;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  /**
   * Begins at a line, from 1.
   *
   * @param opened the opening line where it stays when the block is no stamp; else empty
   */
  StampBlock(StampLine.Opens opening, int line, byte[] opened) {
    this.type = opening.type();
    this.style = opening.style();
    this.line = line;
    this.opened = opened;
  }

  /** Takes a line in, unless a stamp has no room for it. */
  boolean add(byte[] raw, boolean ended) {
    if (held.size() + raw.length >= MOST) {
      return false;
    }
    held.writeBytes(raw);
    if (ended) {
      held.write('\n');
    }
    return true;
  }

  /** The lines as they came, behind the opening one if that stays. */
  byte[] bytes() {
    var all = new ByteArrayOutputStream(opened.length + held.size());
    all.writeBytes(opened);
    all.writeBytes(held.toByteArray());
    return all.toByteArray();
  }

  /** What is seen when the block is no stamp. */
  FoundStamp flawed(Flaw flaw) {
    return FoundStamp.flawed(type, flaw, line);
  }

  /** What is seen at a closing marker. */
  FoundStamp close(StampType closing) {
    @Nullable WrittenStamp stamp = closing == type ? parse() : null;
    if (stamp instanceof ToolMetadata block && !ToolMetadata.missing(block.fields()).isEmpty()) {
      return flawed(Flaw.INCOMPLETE);
    }
    return stamp == null ? flawed(Flaw.MALFORMED) : FoundStamp.of(type, stamp, line);
  }

  private @Nullable WrittenStamp parse() {
    @Nullable List<String> body = body();
    if (body == null) {
      return null;
    }
    return type == StampType.RICH ? RichStamp.parse(body) : ToolMetadata.parse(body);
  }

  /** What the comments say; null when one of the lines is none. A rich one in HTML is as it is. */
  private @Nullable List<String> body() {
    String text = held.toString(UTF_8);
    List<String> body = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      String raw = text.substring(at, end < 0 ? text.length() : end).stripTrailing();
      @Nullable String said =
          type == StampType.RICH && style == CommentStyle.HTML ? raw : style.unwrap(raw);
      if (said == null) {
        return null;
      }
      body.add(said);
      at = end < 0 ? text.length() : end + 1;
    }
    return body;
  }
}
