// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import dev.omnibridge.runtime.blake3.Hash;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that were stamped, and what the client said of them.
 *
 * @param size in bytes
 * @param filePath the client's name for the file; empty if unnamed
 * @param contentType the media type; empty if unknown
 * @param metadata the client's, a JSON object
 * @param runId the workflow run that asked; null if none
 * @param opId the operation that asked, the same for its retries
 * @param hashedBy who computed the digests
 * @param hashing how long it took to hash them; zero when the client did
 */
public record Artifact(
    Hash contentHash,
    long size,
    String filePath,
    String contentType,
    String metadata,
    @Nullable UUID runId,
    UUID opId,
    HashedBy hashedBy,
    Duration hashing) {}
