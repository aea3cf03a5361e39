// SPDX-License-Identifier: Apache-2.0
/**
 * How facts travel in from Kafka: one loop that polls, hands over a batch and goes on only when its
 * effect and its position are stored together.
 */
@NullMarked
package dev.omnibridge.runtime.stream;

import org.jspecify.annotations.NullMarked;
