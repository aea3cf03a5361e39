// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;

/** What a stamp is unique by: the tenant and the file hash. It names the stamp's stream. */
public record StampKey(String namespace, Hash fileHash) {}
