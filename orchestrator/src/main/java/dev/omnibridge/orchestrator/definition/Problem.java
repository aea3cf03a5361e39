// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a definition: the JSON pointer, the sentence, the place if known.
 */
public record Problem(String pointer, String message, @Nullable Place place) {

  @Override
  public String toString() {
    String where = pointer.isEmpty() ? "the document" : pointer;
    String at =
        place == null ? "" : " (line %d, column %d)".formatted(place.line(), place.column());
    return where + at + ": " + message;
  }
}
