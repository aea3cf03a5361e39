// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to Kafka.
 *
 * @param position where it stands in its lane
 */
@SuppressWarnings("ArrayRecordComponent")
public record Outgoing(
    long position,
    String topic,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {

  /** A header; its value may be null, as Kafka has it. */
  public record Header(String key, byte @Nullable [] value) {}
}
