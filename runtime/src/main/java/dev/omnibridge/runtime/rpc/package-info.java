// SPDX-License-Identifier: Apache-2.0
/**
 * The gRPC edge: where services are offered and peers are found, over the network and in process,
 * with validation, deadlines and google.rpc.Status details on both sides.
 */
@NullMarked
package dev.omnibridge.runtime.rpc;

import org.jspecify.annotations.NullMarked;
