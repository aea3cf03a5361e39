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
  /** The columns that a recorded event is made of. */
  static final String COLUMNS =
      """
      event_id, kind, namespace, stream_id, version, lane, position, type, occurred_at, recorded_at,
      correlation_id, causation_id, session_id, topic, body\
      """;

  private EventRows() {}

  static RecordedEvent event(Row row) {
    return RecordedEvent.newBuilder()
        .setEventId(row.getUUID("event_id").toString())
        .setStream(
            StreamName.newBuilder()
                .setKind(row.getString("kind"))
                .setNamespace(row.getString("namespace"))
                .setId(row.getString("stream_id")))
        .setVersion(row.getLong("version"))
        .setLane(row.getInteger("lane"))
        .setPosition(row.getLong("position"))
        .setType(row.getString("type"))
        .setOccurredAt(Times.of(row.getOffsetDateTime("occurred_at")))
        .setRecordedAt(Times.of(row.getOffsetDateTime("recorded_at")))
        .setCorrelationId(text(row.getUUID("correlation_id")))
        .setCausationId(text(row.getUUID("causation_id")))
        .setSessionId(text(row.getUUID("session_id")))
        .setTopic(row.getString("topic"))
        .setBody(ByteString.copyFrom(row.getBuffer("body").getBytes()))
        .build();
  }

  static String text(@Nullable UUID id) {
    return id == null ? "" : id.toString();
  }

  static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
