// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import org.jspecify.annotations.Nullable;

/**
 * A stamp seen in a text.
 *
 * @param hash the hash that it states; null when it is malformed, and then it counts as text
 * @param line where it begins, from 1
 */
public record FoundStamp(StampType type, @Nullable Hash hash, int line) {}
