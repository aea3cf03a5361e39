// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.embedding;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.omnibridge.intelligence.similarity.LexicalVector;
import java.util.List;

/**
 * The sentence model all-MiniLM-L6-v2, quantised, as it ships in its Maven artifact. Making one
 * loads native code and some 200 MB; a text's vector is the mean of those of its pieces.
 */
final class MiniLmEmbedder implements Embedder {
  static final String MODEL = "all-minilm-l6-v2-q";
  static final int DIMENSIONS = 384;

  private final EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);

  @Override
  public String model() {
    return MODEL;
  }

  @Override
  public float[] embed(String text) {
    List<String> chunks = TextChunks.of(text);
    double[] sums = new double[DIMENSIONS];
    for (String chunk : chunks) {
      float[] vector = model.embed(chunk).content().vector();
      for (int i = 0; i < DIMENSIONS; i++) {
        sums[i] += vector[i];
      }
    }
    return LexicalVector.unit(sums);
  }
}
