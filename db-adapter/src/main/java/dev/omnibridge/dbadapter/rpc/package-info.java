// SPDX-License-Identifier: Apache-2.0
/** SHELL. The gRPC faces of the log, the index and the content store: messages in, messages out. */
@NullMarked
package dev.omnibridge.dbadapter.rpc;

import org.jspecify.annotations.NullMarked;
