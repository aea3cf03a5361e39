// SPDX-License-Identifier: Apache-2.0
/** Tests of the store from within. */
@NullMarked
package dev.omnibridge.dbadapter.store;

import org.jspecify.annotations.NullMarked;
