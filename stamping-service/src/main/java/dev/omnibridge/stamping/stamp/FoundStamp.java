// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import org.jspecify.annotations.Nullable;

/**
 * A stamp seen in a text or beside it.
 *
 * @param uid the id that it states; empty when it states none
 * @param hash the hash that it states; null when it states none, or is flawed
 * @param line where it begins, from 1; 0 when it is beside the text
 * @param flaw null when it is well-formed; what is flawed in a text counts as text
 */
public record FoundStamp(
    StampType type, String uid, @Nullable Hash hash, int line, @Nullable Flaw flaw) {

  /** Why something that looks like a stamp is none. */
  public enum Flaw {
    MALFORMED("is malformed"),
    TRUNCATED("is cut off"),
    INCOMPLETE("lacks a required key");

    private final String sentence;

    Flaw(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  /** One in a text. */
  static FoundStamp of(StampType type, WrittenStamp stamp, int line) {
    return new FoundStamp(type, stamp.uid(), stamp.hash(), line, null);
  }

  /** One beside a content, in a sidecar. */
  public static FoundStamp beside(String uid, Hash hash) {
    return new FoundStamp(StampType.DETACHED, uid, hash, 0, null);
  }

  /** What looks like one. */
  public static FoundStamp flawed(StampType type, Flaw flaw, int line) {
    return new FoundStamp(type, "", null, line, flaw);
  }
}
