// SPDX-License-Identifier: Apache-2.0
/** What the reducer answers over gRPC. */
@NullMarked
package dev.omnibridge.reducer.rpc;

import org.jspecify.annotations.NullMarked;
