// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.util.List;

/** What becomes of an event. */
public sealed interface Verdict {

  /** It is folded: the new view, what it adds to the namespace, and what is to be recorded. */
  record Folded(StreamView view, Tally tally, List<Intent> intents) implements Verdict {}

  /** It was folded before and changes nothing. */
  record Repeated() implements Verdict {}

  /** Events between the view's version and this one have not been heard; they must come first. */
  record Gap(long after) implements Verdict {}
}
