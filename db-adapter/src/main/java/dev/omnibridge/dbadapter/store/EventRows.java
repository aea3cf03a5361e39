// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.dbadapter.log.Times;
import io.vertx.sqlclient.Row;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of events as messages. */
final class EventRows {
  /** The columns that a recorded event is made of; read by number, because lanes are read often. */
  static final String COLUMNS =
      """
      event_id, kind, namespace, stream_id, version, lane, position, type, occurred_at, recorded_at,
      correlation_id, causation_id, session_id, topic, body\
      """;

  /** How large an event is in an answer: its body, its names, and its ids, numbers and times. */
  static final String SIZE =
      "octet_length(body) + octet_length(concat(namespace, stream_id, type, topic)) + 250";

  private EventRows() {}

  static RecordedEvent event(Row row) {
    return RecordedEvent.newBuilder()
        .setEventId(row.getUUID(0).toString())
        .setStream(
            StreamName.newBuilder()
                .setKind(row.getString(1))
                .setNamespace(row.getString(2))
                .setId(row.getString(3)))
        .setVersion(row.getLong(4))
        .setLane(row.getInteger(5))
        .setPosition(row.getLong(6))
        .setType(row.getString(7))
        .setOccurredAt(Times.of(row.getOffsetDateTime(8)))
        .setRecordedAt(Times.of(row.getOffsetDateTime(9)))
        .setCorrelationId(text(row.getUUID(10)))
        .setCausationId(text(row.getUUID(11)))
        .setSessionId(text(row.getUUID(12)))
        .setTopic(row.getString(13))
        .setBody(ByteString.copyFrom(row.getBuffer(14).getBytes()))
        .build();
  }

  static String text(@Nullable UUID id) {
    return id == null ? "" : id.toString();
  }

  static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
