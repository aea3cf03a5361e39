// SPDX-License-Identifier: Apache-2.0
/**
 * Who makes the calls of workflows: one runner per function of the suite, over gRPC, with a
 * deadline, a breaker per service and a bound on what is under way at once.
 */
@NullMarked
package dev.omnibridge.orchestrator.task;

import org.jspecify.annotations.NullMarked;
