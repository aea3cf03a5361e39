// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to Kafka.
 *
 * @param position where it stands in its lane
 * @param time the record's time in milliseconds since 1970; null for the time at which it is sent
 */
@SuppressWarnings("ArrayRecordComponent")
public record Outgoing(
    long position,
    String topic,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers,
    @Nullable Long time) {

  /** One that has the time at which it is sent. */
  public Outgoing(
      long position,
      String topic,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers) {
    this(position, topic, key, value, headers, null);
  }

  /** A header; its value may be null, as Kafka has it. */
  public record Header(String key, byte @Nullable [] value) {}
}
