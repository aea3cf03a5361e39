// SPDX-License-Identifier: Apache-2.0
/** The numbers by which a process tells how it is doing: counters, gauges and timers. */
@NullMarked
package dev.omnibridge.runtime.metrics;

import org.jspecify.annotations.NullMarked;
