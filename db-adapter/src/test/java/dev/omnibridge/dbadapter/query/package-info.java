// SPDX-License-Identifier: Apache-2.0
/** Tests of the core, without any server. */
@NullMarked
package dev.omnibridge.dbadapter.query;

import org.jspecify.annotations.NullMarked;
