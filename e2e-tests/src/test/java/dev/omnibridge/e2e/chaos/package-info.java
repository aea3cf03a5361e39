// SPDX-License-Identifier: Apache-2.0
/**
 * Chaos: the suite as processes under load, while a schedule that follows from a seed kills,
 * pauses, restarts and cuts off its processes, the broker and the database; and a checker that
 * proves from what is left that nothing was lost, nothing happened twice, and nothing is stuck.
 */
@NullMarked
package dev.omnibridge.e2e.chaos;

import org.jspecify.annotations.NullMarked;
