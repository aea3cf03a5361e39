// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import java.time.Instant;

/** A change and when it happened. */
public record Tally(Instant at, Change change) {}
