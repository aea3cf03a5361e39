// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.runtime.Fault;
import java.util.Set;

/** What becomes of one append of a batch. */
public sealed interface Verdict {
  /** It is written with the batch; the answer holds once the batch is committed. */
  record Accepted(AppendResponse answer) implements Verdict {}

  /** It was written before, or earlier in this batch; the same condition holds for the answer. */
  record Repeated(AppendResponse answer) implements Verdict {}

  /** Nothing of it is written. */
  record Refused(Fault fault) implements Verdict {}

  /**
   * Refused, unless it is a repeat that later appends have overtaken: then the log holds all of its
   * events. Looked up outside the locks.
   */
  record Unclear(Fault refusal) implements Verdict {}

  /** Its streams live in lanes that this batch has not locked. */
  record Misplaced(Set<Integer> lanes) implements Verdict {}
}
