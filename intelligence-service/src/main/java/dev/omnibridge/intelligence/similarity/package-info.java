// SPDX-License-Identifier: Apache-2.0

/**
 * How alike two texts are, by their words: fingerprints for near duplicates, and vectors of hashed
 * terms. Pure; every pass is linear in the text. Near duplicates follow Schleimer, Wilkerson and
 * Aiken, "Winnowing: local algorithms for document fingerprinting" (SIGMOD 2003), and Broder, "On
 * the resemblance and containment of documents" (SEQUENCES 1997).
 */
@NullMarked
package dev.omnibridge.intelligence.similarity;

import org.jspecify.annotations.NullMarked;
