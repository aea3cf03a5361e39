// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.stamping.merkle.Difference;
import dev.omnibridge.stamping.merkle.StampRecord;
import dev.omnibridge.stamping.merkle.Tuples.Named;
import org.jspecify.annotations.Nullable;

/**
 * A leaf that does not fit to what stands beside it, before it is known which of them is wrong.
 *
 * @param record of the leaf; null when there is none
 * @param row the row that names the leaf; null when none does
 * @param difference between the record and the row or the event; null when one of them is not there
 * @param event whether it is the event that does not fit
 * @param newestRevision where no row names the leaf, that of its stamp's row; 0 when there is none
 * @param newestIndex the leaf that this row names instead; -1 when there is none
 */
record Suspicion(
    long index,
    byte @Nullable [] record,
    @Nullable Named row,
    @Nullable Difference difference,
    boolean event,
    long newestRevision,
    long newestIndex) {

  /** What the record says; null when there is none that can be read. */
  @Nullable StampRecord stamp() {
    if (record == null) {
      return null;
    }
    try {
      return StampRecord.parse(record);
    } catch (Fault damaged) {
      return null;
    }
  }
}
