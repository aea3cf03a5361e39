// SPDX-License-Identifier: Apache-2.0
/**
 * How a workflow runs, as two pure functions: a command on a state is accepted as events, found
 * done, or refused; an event on a state gives the next state. Every value and every branch is
 * computed when a command is decided and stands in the events, so replaying them never evaluates
 * anything. No clock, no randomness, no I/O, no logging.
 */
@NullMarked
package dev.omnibridge.orchestrator.workflow;

import org.jspecify.annotations.NullMarked;
