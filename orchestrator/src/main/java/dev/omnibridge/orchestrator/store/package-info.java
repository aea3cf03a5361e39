// SPDX-License-Identifier: Apache-2.0
/**
 * The way to the log: the shell's view of it as a client of db-adapter, and the questions about
 * runs that the API passes on.
 */
@NullMarked
package dev.omnibridge.orchestrator.store;

import org.jspecify.annotations.NullMarked;
