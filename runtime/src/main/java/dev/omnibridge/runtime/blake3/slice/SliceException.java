// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3.slice;

import java.io.Serial;

/** Why a slice or an outboard proves nothing. */
public final class SliceException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final Reason reason;

  /** What can be wrong. */
  public enum Reason {
    /** It ends before it is complete. */
    TRUNCATED,
    /** More follows where it should end. */
    EXTRA_BYTES,
    /** The length at its head is none that a content can have, or not the one that it fits. */
    IMPOSSIBLE_LENGTH,
    /** The content, as long as it says to be, does not reach to the end of the range. */
    OUT_OF_RANGE,
    /** An inner node is not what the hash demands: another content, another length, or altered. */
    WRONG_NODE,
    /** The bytes are not what the hash demands. */
    WRONG_BYTES
  }

  SliceException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Which of them. */
  public Reason reason() {
    return reason;
  }
}
