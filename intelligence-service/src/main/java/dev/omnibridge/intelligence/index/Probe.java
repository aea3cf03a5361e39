// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.index;

import org.jspecify.annotations.Nullable;

/**
 * What is looked for.
 *
 * @param namespace empty for all
 * @param model the model's vector, null without one
 * @param limit most neighbours
 */
public record Probe(
    String contentHash,
    String namespace,
    Features features,
    float @Nullable [] model,
    int limit,
    double minSimilarity) {}
