// SPDX-License-Identifier: Apache-2.0
/**
 * The shell behind the API: stamps in the log and content in the store, both behind db-adapter, and
 * the hashing that is too much for an event loop.
 */
@NullMarked
package dev.omnibridge.stamping.store;

import org.jspecify.annotations.NullMarked;
