// SPDX-License-Identifier: Apache-2.0
/**
 * Decides: durable execution of workflows. The core ({@code definition}, {@code workflow}) is pure;
 * {@code run} is the shell around it without any framework; {@code store}, {@code task} and {@code
 * rpc} connect the shell to the log, to the services that make calls, and to clients.
 */
@NullMarked
package dev.omnibridge.orchestrator;

import org.jspecify.annotations.NullMarked;
