// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import java.util.function.Consumer;

/**
 * Computes both digests of a file in one pass, in memory that does not grow with it. Whether the
 * file is text shows only at its end, so both are computed until a byte rules text out.
 *
 * <p>The rule for text: a file is text when all of it is valid UTF-8 without NUL. Its {@code
 * fileHash} is the BLAKE3 of what is left after four steps: stamps are taken out ({@link
 * StampStripper}), CR LF becomes LF, three or more newlines become two, and ASCII white space is
 * cut off at both ends. Thus a checkout with other line ends is the same file; a CR without LF is
 * data.
 */
public final class FileDigest {
  private final Blake3 content = Blake3.hasher();
  private final Utf8Check utf8 = new Utf8Check();
  private final NormalText normal = new NormalText();
  private final StampStripper stripper;
  private long size;

  /** Starts with no bytes. */
  public FileDigest() {
    this(_ -> {});
  }

  /** Tells of the stamps that it takes out, though the file may yet turn out not to be text. */
  FileDigest(Consumer<FoundStamp> found) {
    stripper = StampStripper.forHashing(normal, found);
  }

  /** Both digests of a file that is in memory. */
  public static Digests of(byte[] file) {
    return new FileDigest().update(file, 0, file.length).finish();
  }

  /** Takes in the next bytes of the file. */
  public FileDigest update(byte[] bytes, int offset, int length) {
    content.update(bytes, offset, length);
    size += length;
    if (utf8.accepts(bytes, offset, offset + length)) {
      stripper.update(bytes, offset, offset + length);
    }
    return this;
  }

  /** The digests of all bytes taken in; to be called once. */
  public Digests finish() {
    Hash contentHash = content.finish();
    if (!utf8.complete()) {
      Nature nature = utf8.sawNul() ? Nature.BINARY : Nature.NOT_UTF8;
      return new Digests(contentHash, contentHash, size, nature);
    }
    stripper.finish();
    return new Digests(contentHash, normal.finish(), size, Nature.TEXT);
  }
}
