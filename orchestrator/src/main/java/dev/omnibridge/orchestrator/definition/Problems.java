// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one definition, each problem with its place in the text. */
final class Problems {
  private static final int MAX = 20;

  private final SourceText text;
  private final List<Problem> found = new ArrayList<>();

  Problems(SourceText text) {
    this.text = text;
  }

  void add(String pointer, String message) {
    if (found.size() < MAX) {
      found.add(new Problem(pointer, message, text.at(pointer)));
    }
  }

  void notSupported(String pointer, String what) {
    add(pointer, what + " is not supported yet");
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidDefinition(found);
    }
  }
}
