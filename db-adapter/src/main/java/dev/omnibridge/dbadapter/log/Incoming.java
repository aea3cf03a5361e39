// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record as it came from Kafka. */
@SuppressWarnings("ArrayRecordComponent")
public record Incoming(
    String topic,
    Instant time,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Outgoing.Header> headers) {

  /** The value of the last header of this name; empty when there is none. */
  String header(String name) {
    String value = "";
    for (Outgoing.Header header : headers) {
      byte[] bytes = header.value();
      if (header.key().equals(name) && bytes != null) {
        value = new String(bytes, StandardCharsets.UTF_8);
      }
    }
    return value;
  }
}
