// SPDX-License-Identifier: Apache-2.0
/**
 * CORE. What an append means: the checks before it, and the plan of a batch of appends against what
 * was read under the lanes' locks. No clock, no I/O, no logging.
 */
@NullMarked
package dev.omnibridge.dbadapter.log;

import org.jspecify.annotations.NullMarked;
