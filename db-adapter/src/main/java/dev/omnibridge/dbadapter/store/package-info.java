// SPDX-License-Identifier: Apache-2.0
/** SHELL. Everything that knows SQL: schema, group commit, reads, leases and the content store. */
@NullMarked
package dev.omnibridge.dbadapter.store;

import org.jspecify.annotations.NullMarked;
