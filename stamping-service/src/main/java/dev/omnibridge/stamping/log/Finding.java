// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.log;

import dev.omnibridge.stamping.merkle.Difference;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a log.
 *
 * @param index the leaf; -1 when there is none
 * @param stampId empty when it cannot be told
 * @param fileHash empty when it cannot be told
 * @param revision 0 when it cannot be told
 * @param difference null when the whole is meant
 * @param detail one sentence
 * @param reason of a checkpoint; empty otherwise
 */
public record Finding(
    Kind kind,
    long index,
    String stampId,
    String fileHash,
    long revision,
    @Nullable Difference difference,
    String detail,
    String reason) {

  /** What is wrong; see the contract. */
  public enum Kind {
    LEAF_ALTERED,
    LEAF_MISSING,
    LEAF_ADDED,
    LEAF_MOVED,
    ROW_ALTERED,
    ROW_MISSING,
    ROW_ADDED,
    EVENT_ALTERED,
    EVENT_MISSING,
    CHECKPOINT_DIFFERS,
    CHECKPOINT_INVALID,
    CHECKPOINT_UNTRUSTED,
    CHECKPOINT_MISSING
  }
}
