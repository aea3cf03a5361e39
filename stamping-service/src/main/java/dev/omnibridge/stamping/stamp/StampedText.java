// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Writes a stamp into a text in place of the stamps that it holds. The text's file hash stays the
 * same, and writing the same stamp again changes nothing.
 */
public final class StampedText {
  private StampedText() {}

  /**
   * The text with the stamp: below a {@code #!} line or on top, or at the end behind a blank line.
   */
  public static byte[] write(byte[] text, WrittenStamp stamp) {
    byte[] bare = withoutStamps(text);
    String newline = newline(firstNewline(bare) < 0 ? text : bare);
    String lines = stamp.render().replace("\n", newline);
    return switch (stamp) {
      case LightweightStamp _ -> onTop(bare, lines, newline);
      case RichStamp _ -> atEnd(bare, lines, newline);
    };
  }

  private static byte[] withoutStamps(byte[] text) {
    var bare = new ByteArrayOutputStream(text.length);
    Lines lines =
        (bytes, from, to, endsLine) -> {
          bare.write(bytes, from, to - from);
          if (endsLine) {
            bare.write('\n');
          }
        };
    var stripper = new StampStripper(lines, _ -> {});
    stripper.update(text, 0, text.length);
    stripper.finish();
    return bare.toByteArray();
  }

  private static byte[] onTop(byte[] bare, String stamp, String newline) {
    int head = ByteOrderMark.length(bare);
    boolean script = bare.length > head + 1 && bare[head] == '#' && bare[head + 1] == '!';
    String before = "";
    if (script) {
      int end = firstNewline(bare);
      before = end < 0 ? newline : "";
      head = end < 0 ? bare.length : end + 1;
    }
    var stamped = new ByteArrayOutputStream(bare.length + stamp.length() + 4);
    stamped.write(bare, 0, head);
    stamped.writeBytes((before + stamp + newline).getBytes(UTF_8));
    stamped.write(bare, head, bare.length - head);
    return stamped.toByteArray();
  }

  private static byte[] atEnd(byte[] bare, String stamp, String newline) {
    int end = bare.length;
    while (end > 0 && (bare[end - 1] == '\n' || bare[end - 1] == '\r')) {
      end--;
    }
    String between = end == 0 ? "" : newline + newline;
    var stamped = new ByteArrayOutputStream(end + stamp.length() + 8);
    stamped.write(bare, 0, end);
    stamped.writeBytes((between + stamp + newline).getBytes(UTF_8));
    return stamped.toByteArray();
  }

  private static String newline(byte[] text) {
    int first = firstNewline(text);
    return first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
  }

  private static int firstNewline(byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
