// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

import dev.omnibridge.intelligence.similarity.LexicalVector;

/** The declared fallback: vectors of hashed terms, which need no model. */
public final class LexicalEmbedder implements Embedder {
  /** Its name. */
  public static final String MODEL = "lexical";

  @Override
  public String model() {
    return MODEL;
  }

  @Override
  public float[] embed(String text) {
    return LexicalVector.of(text);
  }
}
