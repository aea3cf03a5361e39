// SPDX-License-Identifier: Apache-2.0
/**
 * The durable shell: loads a run, decides, appends, and only then does what the new state calls
 * for; one command at a time per run. It reaches the world through {@link
 * dev.omnibridge.orchestrator.run.World} and knows no Vert.x, no thread and no gRPC, so that a
 * simulation can drive it in virtual time. Everything in it happens on the one context that calls
 * it; the stages it is given must complete on that context too.
 */
@NullMarked
package dev.omnibridge.orchestrator.run;

import org.jspecify.annotations.NullMarked;
