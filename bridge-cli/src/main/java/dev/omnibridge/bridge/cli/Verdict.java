// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.stamping.v1.Stamp;
import org.jspecify.annotations.Nullable;

/**
 * What the verification of a file found.
 *
 * @param stamp the stamp it was compared with; null when there is none
 * @param problem one clause; empty when all is well
 */
record Verdict(String path, long size, Status status, @Nullable Stamp stamp, String problem) {

  /** What a file is, compared with its stamp. */
  enum Status {
    /** Its bytes are those that were stamped last. */
    OK,
    /** It is the text that was stamped; only line ends, blanks or written stamps differ. */
    SAME_TEXT,
    /** Its bytes are those that were stamped last; whether stamps in it fit it is not known. */
    UNCHECKED,
    /** A stamp that is written in it does not fit it. */
    ALTERED,
    /** There is no stamp of what it holds. */
    UNKNOWN,
    /** It cannot be read. */
    UNREADABLE
  }

  /**
   * True when somebody should look; when strict also when the bytes are others, or not all was
   * checked.
   */
  boolean isBad(boolean strict) {
    return switch (status) {
      case OK -> false;
      case SAME_TEXT, UNCHECKED -> strict;
      case ALTERED, UNKNOWN, UNREADABLE -> true;
    };
  }
}
