// SPDX-License-Identifier: Apache-2.0
/** The reducer's way to the log and its rows: a client of db-adapter. */
@NullMarked
package dev.omnibridge.reducer.store;

import org.jspecify.annotations.NullMarked;
