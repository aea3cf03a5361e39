// SPDX-License-Identifier: Apache-2.0
/**
 * BLAKE3 in Java: hash, keyed hash, derive key and extendable output, of any length and in any
 * split. {@link dev.omnibridge.runtime.blake3.Blake3} is the door; the names inside are those of
 * the specification. Every 1 KiB of input is a chunk, every chunk is sixteen calls of the
 * compression function, and the chunks' chaining values are the leaves of a binary tree.
 */
@NullMarked
package dev.omnibridge.runtime.blake3;

import org.jspecify.annotations.NullMarked;
