// SPDX-License-Identifier: Apache-2.0
/** Tests of what the API does without a server around it. */
@NullMarked
package dev.omnibridge.orchestrator.rpc;

import org.jspecify.annotations.NullMarked;
