// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

/**
 * How long a message may take that holds room from others, counted in seconds in which the process
 * ran: one that stood still has heard nobody. Ten without a byte are too many, and so is longer in
 * all than the slowest line that a message is sent over takes, so that who sends byte by byte does
 * not hold room for ever.
 */
final class Patience {
  private static final int MOST_SILENT = 10;

  /** In bytes per second; several uploads may share a line. */
  private static final int SLOWEST = 8 * 1024;

  private static final int IN_ANY_CASE = 30;

  private int left;
  private int heard = -1;
  private int silent;

  Patience(int bytes) {
    left = IN_ANY_CASE + bytes / SLOWEST;
  }

  /** True when the second that has passed was one too many; told how many bytes there are now. */
  boolean endsWith(int bytes) {
    silent = bytes == heard ? silent + 1 : 0;
    heard = bytes;
    left--;
    return silent == MOST_SILENT || left == 0;
  }
}
