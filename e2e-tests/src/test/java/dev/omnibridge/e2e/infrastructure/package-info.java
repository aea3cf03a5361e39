// SPDX-License-Identifier: Apache-2.0
/**
 * The PostgreSQL and the Kafka that the stories run on: embedded in the tests' JVM, in containers,
 * or somewhere else. Decided once per run.
 */
@NullMarked
package dev.omnibridge.e2e.infrastructure;

import org.jspecify.annotations.NullMarked;
