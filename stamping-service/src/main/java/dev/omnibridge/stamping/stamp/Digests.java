// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;

/**
 * What identifies a file: {@code contentHash} over its bytes as they are, {@code fileHash} by the
 * rule for text, equal to the other one when the file is not text.
 *
 * @param size in bytes
 */
public record Digests(Hash contentHash, Hash fileHash, long size, boolean text) {}
