// SPDX-License-Identifier: Apache-2.0

/**
 * The intelligence service: says what an artifact is, from its bytes, without a network. The
 * analysis itself is pure and lives in {@link dev.omnibridge.intelligence.analysis}; around it are
 * the gRPC door, the reading of stored contents, and the bounds on how much is done at once.
 */
@NullMarked
package dev.omnibridge.intelligence;

import org.jspecify.annotations.NullMarked;
