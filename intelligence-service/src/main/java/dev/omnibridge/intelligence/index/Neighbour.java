// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

/**
 * A stamped artifact that is like a content.
 *
 * @param similarity 0 to 1, by vectors of one model; 1 for the same bytes
 * @param resemblance the share of common text, 0 to 1
 * @param model whose vectors were compared; "fingerprint" without any
 */
public record Neighbour(
    String contentHash,
    String fileHash,
    String namespace,
    String path,
    double similarity,
    boolean nearDuplicate,
    double resemblance,
    String model) {}
