// SPDX-License-Identifier: Apache-2.0
/** The whole suite in one process, on an embedded PostgreSQL and an embedded Kafka broker. */
@NullMarked
package dev.omnibridge.bridge.suite;

import org.jspecify.annotations.NullMarked;
