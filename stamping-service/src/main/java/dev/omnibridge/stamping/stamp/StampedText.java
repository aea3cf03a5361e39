// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.omnibridge.stamping.stamp.Validation.Demands;
import java.io.ByteArrayOutputStream;
import java.util.regex.Pattern;

/**
 * Writes a stamp into a text in place of the stamps that it holds. The text's file hash stays the
 * same, and writing the same stamp again changes nothing. Everything that is no well-formed stamp
 * with a hash stays as it is, but for newlines at the end where the stamp goes there.
 */
public final class StampedText {
  /** Behind such a line Perl and Ruby read data. */
  private static final Pattern DATA = Pattern.compile("(?m)^__(?:DATA|END)__\\s*$");

  private StampedText() {}

  /** The text with the stamp in its usual comments. */
  public static byte[] write(byte[] text, WrittenStamp stamp) {
    return write(text, stamp, stamp.usual());
  }

  /**
   * The text with the stamp: on top, but for what must be first there, or at the end behind a blank
   * line if it is a rich one.
   *
   * @throws UnwritableException when the stamp would not be the only one, or alter the file hash
   */
  public static byte[] write(byte[] text, WrittenStamp stamp, CommentStyle style) {
    var kept = new ByteArrayOutputStream(text.length);
    withoutStamps(text, kept);
    byte[] stamped = write(text, kept.toByteArray(), stamp, style);
    if (isSound(text, stamped)) {
      return stamped;
    }
    throw new UnwritableException(UnwritableException.Why.AMBIGUOUS);
  }

  private static boolean isSound(byte[] text, byte[] stamped) {
    Validation read = Validation.of(stamped, null, new Demands(null, false, false));
    return read.valid()
        && read.checks().stream().filter(check -> check.hash() != null).count() == 1
        && read.currentHash().equals(FileDigest.of(text).fileHash());
  }

  private static byte[] write(byte[] text, byte[] bare, WrittenStamp stamp, CommentStyle style) {
    String newline = newline(bare, text);
    String lines = stamp.render(style).replace("\n", newline);
    Head head = Head.of(bare, style);
    return switch (stamp) {
      case RichStamp _ -> atEnd(bare, lines, newline);
      case LightweightStamp _, HashOnlyStamp _, ToolMetadata _ ->
          head.taken() ? atEnd(bare, lines, newline) : onTop(bare, lines, newline, head.end());
    };
  }

  /**
   * The comments in which a stamp stands in this file, or the usual ones of its form. In PHP that
   * depends on whether the place is inside of {@code <?php ... ?>}.
   *
   * @throws IllegalArgumentException when the language has no comments
   * @throws UnwritableException when the stamp would stand in data, or where a PHP file ends cannot
   *     be made out
   */
  public static CommentStyle style(
      byte[] text, String filePath, String contentType, WrittenStamp stamp) {
    CommentStyle style = Languages.comments(filePath, contentType, stamp.usual());
    if (style == null) {
      throw new IllegalArgumentException("The language of the file has no comments");
    }
    if (stamp instanceof RichStamp
        && Languages.mayEndInData(filePath, contentType)
        && DATA.matcher(new String(text, ISO_8859_1)).find()) {
      throw new UnwritableException(UnwritableException.Why.DATA_AT_END);
    }
    if (!Languages.isPhp(filePath, contentType)) {
      return style;
    }
    var kept = new ByteArrayOutputStream(text.length);
    withoutStamps(text, kept);
    byte[] bare = kept.toByteArray();
    Head head = Head.of(bare, CommentStyle.SLASHES);
    boolean inside =
        stamp instanceof RichStamp || head.taken() ? PhpEnd.isProgram(bare) : head.tagged();
    return inside ? CommentStyle.SLASHES : CommentStyle.HTML;
  }

  private static void withoutStamps(byte[] text, ByteArrayOutputStream bare) {
    Lines lines =
        (bytes, from, to, endsLine) -> {
          bare.write(bytes, from, to - from);
          if (endsLine) {
            bare.write('\n');
          }
        };
    var stripper = StampStripper.forWriting(lines);
    stripper.update(text, 0, text.length);
    stripper.finish();
  }

  private static byte[] onTop(byte[] bare, String stamp, String newline, int head) {
    boolean cut = head > ByteOrderMark.length(bare) && bare[head - 1] != '\n';
    var stamped = new ByteArrayOutputStream(bare.length + stamp.length() + 4);
    stamped.write(bare, 0, head);
    stamped.writeBytes(((cut ? newline : "") + stamp + newline).getBytes(UTF_8));
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

  /** That of the first line; a CR at the very end would become one of CR LF. */
  private static String newline(byte[] bare, byte[] text) {
    int first = firstNewline(bare);
    if (first < 0 && bare.length > 0 && bare[bare.length - 1] == '\r') {
      return "\r\n";
    }
    byte[] lines = first < 0 ? text : bare;
    int end = first < 0 ? firstNewline(text) : first;
    return end > 0 && lines[end - 1] == '\r' ? "\r\n" : "\n";
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
