// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import dev.omnibridge.runtime.blake3.Hash;
import java.util.List;

/**
 * What a bundle proves.
 *
 * @param record the stamp
 * @param leafIndex its index in the log
 * @param size of the log that is signed
 * @param root of that log
 * @param origin which log
 * @param signers the keys that have signed it
 * @param pinned whether the caller knew a key; otherwise the bundle vouches only for itself
 */
public record VerifiedStamp(
    StampRecord record,
    long leafIndex,
    long size,
    Hash root,
    String origin,
    List<String> signers,
    boolean pinned) {}
