// SPDX-License-Identifier: Apache-2.0
/**
 * What a generation of tests tells of itself: that it has begun, and how it ended. A generator runs
 * under {@code TestGenerationPublisher}; the events go through the log to their three topics.
 */
@NullMarked
package dev.omnibridge.intelligence.testgen;

import org.jspecify.annotations.NullMarked;
