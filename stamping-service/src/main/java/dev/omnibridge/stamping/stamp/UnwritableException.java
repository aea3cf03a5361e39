// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

/** A stamp cannot be written into a text without altering what it says; nothing was written. */
public final class UnwritableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Why why;

  UnwritableException(Why why) {
    super("No stamp can be written: " + why);
    this.why = why;
  }

  /** What stands against it. */
  public Why why() {
    return why;
  }

  /** What can stand against a stamp in a text. */
  public enum Why {
    /**
     * What would be read is not certain: the text holds markers or blocks that are not to be
     * replaced, and mix with the stamp, or is PHP whose end cannot be made out.
     */
    AMBIGUOUS,
    /** The end of the text is data that the program reads. */
    DATA_AT_END
  }
}
