// SPDX-License-Identifier: Apache-2.0
/** Tests of the core, without any server. */
@NullMarked
package dev.omnibridge.dbadapter.log;

import org.jspecify.annotations.NullMarked;
