// SPDX-License-Identifier: Apache-2.0
/**
 * The pure core: what a stream's next event does to the view of that stream and to the totals of
 * its namespace. No clock, no I/O, no logging. Totals are sums, so the order in which different
 * streams are heard does not matter; versions decide what of one stream is heard at all.
 */
@NullMarked
package dev.omnibridge.reducer.fold;

import org.jspecify.annotations.NullMarked;
