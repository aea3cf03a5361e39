// SPDX-License-Identifier: Apache-2.0
/**
 * What a run of tests has measured, told: as a table, as JSON, as one page that needs nothing
 * beside it, next to the runs before it and to the baseline of the same class of machine. The rules
 * are pure; {@code Reporter}, {@code Machine.here}, {@code Revision} and {@code History} touch the
 * world.
 */
@NullMarked
package dev.omnibridge.testkit.report;

import org.jspecify.annotations.NullMarked;
