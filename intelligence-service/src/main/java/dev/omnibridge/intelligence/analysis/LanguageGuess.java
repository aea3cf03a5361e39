// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The language a text is written in and the evidence for it.
 *
 * @param certainty lead over the runner-up between 0 and 1, where 1 is what a file name weighs
 * @param reasons what was found, in the order it was looked for
 * @param runnerUp the next best language, when there is one with any points at all
 * @param contentAgrees false when the name says one language and the text clearly another
 */
public record LanguageGuess(
    Language language,
    double certainty,
    List<String> reasons,
    @Nullable Language runnerUp,
    boolean contentAgrees) {

  public LanguageGuess {
    reasons = List.copyOf(reasons);
  }
}
