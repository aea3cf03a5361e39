// SPDX-License-Identifier: Apache-2.0
/**
 * Stamps as documents of their own: the sidecar beside a content, the signed in-toto statement, the
 * line that b3sum prints. No clock, no input or output, no logging.
 */
@NullMarked
package dev.omnibridge.stamping.interop;

import org.jspecify.annotations.NullMarked;
