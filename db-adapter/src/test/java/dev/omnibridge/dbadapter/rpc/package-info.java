// SPDX-License-Identifier: Apache-2.0
/** Tests of what callers are sent, without a network. */
@NullMarked
package dev.omnibridge.dbadapter.rpc;

import org.jspecify.annotations.NullMarked;
