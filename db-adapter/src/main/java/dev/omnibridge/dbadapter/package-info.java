// SPDX-License-Identifier: Apache-2.0
/**
 * Remembers: the only door to PostgreSQL. It keeps the event log and the rows that go with it,
 * relays the log to Kafka (outbox), takes in what others publish there (inbox), and stores content
 * by hash. {@code log} and {@code query} decide without I/O; {@code store} is SQL, {@code stream}
 * Kafka, {@code rpc} gRPC.
 */
@NullMarked
package dev.omnibridge.dbadapter;

import org.jspecify.annotations.NullMarked;
