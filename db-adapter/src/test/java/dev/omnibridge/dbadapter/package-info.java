// SPDX-License-Identifier: Apache-2.0
/** Tests of db-adapter against a real PostgreSQL and a real Kafka. */
@NullMarked
package dev.omnibridge.dbadapter;

import org.jspecify.annotations.NullMarked;
