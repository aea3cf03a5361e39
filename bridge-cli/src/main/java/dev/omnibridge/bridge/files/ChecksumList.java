// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import dev.omnibridge.bridge.files.ChecksumLine.Parsed;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A list of digests as b3sum prints it, read line by line. A line ends at a newline and nowhere
 * else, for a name may hold anything else.
 */
public final class ChecksumList {
  /** A name of 4 KiB, all of it escaped, with its digest fits. */
  private static final int MOST_BYTES = 16 * 1024;

  private final InputStream in;
  private long number;

  /** The list that a stream holds; closing the stream is left to the caller. */
  public ChecksumList(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /**
   * A line.
   *
   * @param number from 1
   */
  public record Entry(long number, Parsed parsed) {}

  /** The next line, or null at the end. */
  public @Nullable Entry next() throws IOException {
    var line = new ByteArrayOutputStream(160);
    long length = 0;
    int b = in.read();
    if (b < 0) {
      return null;
    }
    for (; b >= 0 && b != '\n'; b = in.read()) {
      if (length++ < MOST_BYTES) {
        line.write(b);
      }
    }
    number++;
    return new Entry(number, length > MOST_BYTES ? tooLong() : parsed(line.toByteArray()));
  }

  private static Parsed tooLong() {
    return new Parsed.Malformed("it is too long");
  }

  private static Parsed parsed(byte[] line) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
      return ChecksumLine.parse(text.toString());
    } catch (CharacterCodingException notText) {
      return new Parsed.Malformed("it is not UTF-8");
    }
  }
}
