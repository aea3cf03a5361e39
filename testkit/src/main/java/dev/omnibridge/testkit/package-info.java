// SPDX-License-Identifier: Apache-2.0
/**
 * What tests share: one real PostgreSQL and one real Kafka broker per JVM, a proxy that breaks
 * connections on command, a clock that only the test moves, seeds that are printed, and the named
 * thresholds of the suite. Test scope only.
 */
@NullMarked
package dev.omnibridge.testkit;

import org.jspecify.annotations.NullMarked;
