// SPDX-License-Identifier: Apache-2.0

/** The gRPC door of the intelligence service: messages in and out, turns, and deadlines. */
@NullMarked
package dev.omnibridge.intelligence.rpc;

import org.jspecify.annotations.NullMarked;
