// SPDX-License-Identifier: Apache-2.0
/** The WorkflowService: messages to and from the shell, waiting, and watching; nothing else. */
@NullMarked
package dev.omnibridge.orchestrator.rpc;

import org.jspecify.annotations.NullMarked;
