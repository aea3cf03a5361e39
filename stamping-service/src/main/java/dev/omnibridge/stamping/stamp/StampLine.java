// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a line of a text is to the stamps in it. */
sealed interface StampLine {
  /** No part of a stamp, unless it stands in a block. */
  record Text() implements StampLine {}

  /** A block begins. */
  record Opens(StampType type, CommentStyle style) implements StampLine {}

  /** A block ends. */
  record Closes(StampType type) implements StampLine {}

  /**
   * A stamp of one line.
   *
   * @param stamp null when it is malformed
   */
  record Whole(StampType type, @Nullable WrittenStamp stamp) implements StampLine {}

  /** What a comment begins with that may be part of a stamp. */
  List<String> MARKS = List.of("ONEX", "=== OmniNode:", "=== /OmniNode:");

  /** The lines that open and close blocks. */
  Map<String, StampType> OPENINGS =
      Map.of(RichStamp.START, StampType.RICH, ToolMetadata.START, StampType.TOOL_METADATA);

  Map<String, StampType> CLOSINGS =
      Map.of(RichStamp.END, StampType.RICH, ToolMetadata.END, StampType.TOOL_METADATA);

  /** Reads a line without its end and the blanks there. */
  static StampLine of(String line) {
    @Nullable CommentStyle style = CommentStyle.of(line);
    @Nullable String comment = style == null ? null : style.unwrap(line);
    return style == null || comment == null ? new Text() : of(style, comment);
  }

  private static StampLine of(CommentStyle style, String comment) {
    @Nullable StampType opened = OPENINGS.get(comment);
    if (opened != null) {
      return new Opens(opened, style);
    }
    @Nullable StampType closed = CLOSINGS.get(comment);
    if (closed != null) {
      return new Closes(closed);
    }
    if (comment.startsWith(HashOnlyStamp.MARK)) {
      return new Whole(StampType.HASH_ONLY, HashOnlyStamp.parse(comment));
    }
    return comment.startsWith(LightweightStamp.MARK)
        ? new Whole(StampType.LIGHTWEIGHT, LightweightStamp.parse(comment))
        : new Text();
  }
}
