// SPDX-License-Identifier: Apache-2.0
/** The gRPC face of the stamping service: from messages to the core and back. */
@NullMarked
package dev.omnibridge.stamping.rpc;

import org.jspecify.annotations.NullMarked;
