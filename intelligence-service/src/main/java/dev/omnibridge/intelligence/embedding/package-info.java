// SPDX-License-Identifier: Apache-2.0

/**
 * Texts as vectors, by a language model that ships inside a Maven artifact and is loaded only when
 * it is first needed. Vectors of different models are never compared, so each carries the name of
 * its model.
 */
@NullMarked
package dev.omnibridge.intelligence.embedding;

import org.jspecify.annotations.NullMarked;
