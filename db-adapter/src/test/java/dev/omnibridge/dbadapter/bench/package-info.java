// SPDX-License-Identifier: Apache-2.0
/** What the benchmarks have in common: their load, the processor time they took, their reports. */
@NullMarked
package dev.omnibridge.dbadapter.bench;

import org.jspecify.annotations.NullMarked;
