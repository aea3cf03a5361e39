// SPDX-License-Identifier: Apache-2.0
/**
 * The core of stamping: the two digests of a file, the stamps that are written into a text, and the
 * rules of a stamp's stream. No clock, no input or output, no logging.
 */
@NullMarked
package dev.omnibridge.stamping.stamp;

import org.jspecify.annotations.NullMarked;
