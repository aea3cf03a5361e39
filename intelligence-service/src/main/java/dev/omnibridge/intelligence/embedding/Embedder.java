// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

/** Turns a text into a unit vector. Blocks while it computes; safe for use by many threads. */
public interface Embedder {
  /** The name under which its vectors may be compared with each other. */
  String model();

  /** The vector of a text of any length; all zeros for a text without words. */
  float[] embed(String text);
}
