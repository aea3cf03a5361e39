// SPDX-License-Identifier: Apache-2.0
/** SHELL. Everything that knows Kafka: topics, the relays of the outbox, and the inbox. */
@NullMarked
package dev.omnibridge.dbadapter.stream;

import org.jspecify.annotations.NullMarked;
