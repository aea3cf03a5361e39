// SPDX-License-Identifier: Apache-2.0

/**
 * What keeps the index of artifacts true: the stamps on Kafka, the contents that are analysed, and
 * the model's vectors that are made when there is time.
 */
@NullMarked
package dev.omnibridge.intelligence.stream;

import org.jspecify.annotations.NullMarked;
