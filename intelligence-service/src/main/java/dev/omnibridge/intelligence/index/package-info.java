// SPDX-License-Identifier: Apache-2.0

/**
 * The index of stamped artifacts by content: fingerprints, vectors and where they were stamped, in
 * Lucene. It is derived from the stamps on Kafka and the content store and can be made anew from
 * them at any time; how far it has followed Kafka is committed with it.
 */
@NullMarked
package dev.omnibridge.intelligence.index;

import org.jspecify.annotations.NullMarked;
