// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import dev.omnibridge.intelligence.similarity.Fingerprint;
import dev.omnibridge.intelligence.similarity.LexicalVector;

/** What of a text is kept to compare it without a model. */
public record Features(Fingerprint fingerprint, float[] lexical) {
  /** Of a longer text the first part is compared. */
  private static final int LOOKED_AT = 256 * 1024;

  /** The features of a text. */
  public static Features of(String text) {
    String part = text.length() <= LOOKED_AT ? text : text.substring(0, LOOKED_AT);
    return new Features(Fingerprint.of(part), LexicalVector.of(part));
  }
}
