// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.tree;

/** A tree is more than can be held to answer from it. The message says which limit it exceeds. */
public final class TreeTooLarge extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TreeTooLarge(String limit) {
    super(limit);
  }
}
