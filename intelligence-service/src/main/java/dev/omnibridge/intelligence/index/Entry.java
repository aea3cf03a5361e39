// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import org.jspecify.annotations.Nullable;

/**
 * A content within a namespace, as the index keeps it.
 *
 * @param fileHash empty unless stamped
 * @param features null when its text was never at hand
 * @param model null until the model has made a vector
 * @param modelTried whether a vector of the model is no longer waited for
 */
record Entry(
    String namespace,
    String contentHash,
    String fileHash,
    String path,
    boolean stamped,
    @Nullable Features features,
    float @Nullable [] model,
    boolean modelTried) {

  static String id(String namespace, String contentHash) {
    return contentHash + "/" + namespace;
  }

  String id() {
    return id(namespace, contentHash);
  }

  Entry withFeatures(Features known) {
    return new Entry(namespace, contentHash, fileHash, path, stamped, known, model, modelTried);
  }

  Entry withModel(float @Nullable [] vector) {
    return new Entry(namespace, contentHash, fileHash, path, stamped, features, vector, true);
  }
}
