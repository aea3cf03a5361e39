// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.dbadapter.log.Append.NewRow;
import dev.omnibridge.runtime.Fault;

/** What a record from Kafka turns out to be. */
public sealed interface Reading {
  /** From this log: it confirms its delivery and needs nothing else. */
  record Own() implements Reading {}

  /** Somebody else's event, and the stream that takes it. */
  record Foreign(StreamId stream, NewRow event) implements Reading {}

  /** Nothing that could ever be appended. */
  record Poison(Fault why) implements Reading {}
}
