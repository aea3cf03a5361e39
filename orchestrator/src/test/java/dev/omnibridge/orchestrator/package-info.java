// SPDX-License-Identifier: Apache-2.0
/** Tests of the orchestrator as a service: real log, real PostgreSQL, real gRPC. */
@NullMarked
package dev.omnibridge.orchestrator;

import org.jspecify.annotations.NullMarked;
