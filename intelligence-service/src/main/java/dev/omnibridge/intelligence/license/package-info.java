// SPDX-License-Identifier: Apache-2.0

/**
 * Which license a text names or holds: SPDX headers, and the well-known texts by phrases that only
 * they have. Pure.
 */
@NullMarked
package dev.omnibridge.intelligence.license;

import org.jspecify.annotations.NullMarked;
