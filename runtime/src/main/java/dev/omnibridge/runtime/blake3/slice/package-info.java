// SPDX-License-Identifier: Apache-2.0
/**
 * Proofs that bytes stand at a place of a content whose BLAKE3 hash is known, without the rest of
 * it. BLAKE3 is a tree: the {@link dev.omnibridge.runtime.blake3.slice.Outboard} keeps its inner
 * nodes beside the content, and a {@link dev.omnibridge.runtime.blake3.slice.Slice} is the way from
 * the root to the bytes. The formats are Bao's, except that a leaf is a group of 16 chunks: 8 bytes
 * of length, little-endian, then the nodes from the top, left before right; a parent is the two
 * values below it, 64 bytes, and a leaf in a slice is its bytes.
 */
@NullMarked
package dev.omnibridge.runtime.blake3.slice;

import org.jspecify.annotations.NullMarked;
