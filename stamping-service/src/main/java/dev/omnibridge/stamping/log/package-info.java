// SPDX-License-Identifier: Apache-2.0
/**
 * The shell of the tamper-evident log: leaves read through db-adapter, trees kept in memory, keys,
 * signed checkpoints, and audits. Everything here runs on virtual threads and may wait.
 */
@NullMarked
package dev.omnibridge.stamping.log;

import org.jspecify.annotations.NullMarked;
