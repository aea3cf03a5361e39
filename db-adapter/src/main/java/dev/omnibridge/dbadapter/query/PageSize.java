// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

/** How many things a page may hold. */
public final class PageSize {
  /** Where a page is cut, in bytes of all that its rows carry: bodies, names, texts. */
  public static final int MAX_BYTES = 2 << 20;

  private PageSize() {}

  /** The size asked for; 0 means the usual one, and more than most means most. */
  public static int of(int asked, int usual, int most) {
    return asked == 0 ? usual : Math.min(asked, most);
  }
}
