// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.blake3.Hash;

/** The complete subtrees of a log. */
@FunctionalInterface
public interface Nodes {
  /** The hash over the leaves from {@code index << level} on, {@code 1 << level} of them. */
  Hash node(int level, long index);
}
