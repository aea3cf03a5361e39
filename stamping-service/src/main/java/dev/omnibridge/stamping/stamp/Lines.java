// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

/** Takes a text in, piece by piece. */
interface Lines {
  /**
   * The next bytes of the text, none of them LF. They are only lent.
   *
   * @param endsLine an LF follows the piece, which is not among its bytes
   */
  void piece(byte[] bytes, int from, int to, boolean endsLine);
}
