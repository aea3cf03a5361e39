// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.log.Outgoing;
import dev.omnibridge.dbadapter.log.StreamId;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.EnvelopeReader;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.event.LogEpochs;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Rows of events as the records that carry them to Kafka. */
final class OutgoingEvents {
  private final Catalogue catalogue;
  private final String logId;
  private final LogEpochs epochs;

  OutgoingEvents(Catalogue catalogue, UUID logId, LogEpochs epochs) {
    this.catalogue = catalogue;
    this.epochs = epochs;
    this.logId = logId.toString();
  }

  /** A row of {@link EventRows#COLUMNS}, with these headers behind its own. */
  Outgoing of(Row row, List<Outgoing.Header> more) {
    String type = row.getString(7);
    long position = row.getLong(6);
    var stream = new StreamId(row.getString(1), row.getString(2), row.getString(3));
    String key = key(type, stream);
    byte[] body = row.getBuffer(14).getBytes();
    var origin =
        new EventHeaders.Origin(
            row.getUUID(0).toString(),
            catalogue.find(type).map(Catalogue.EventType::producer).orElse("unknown"),
            type,
            row.getOffsetDateTime(8).toInstant().toString(),
            EventRows.text(row.getUUID(10)),
            EventRows.text(row.getUUID(11)),
            logId,
            stream.text(),
            row.getLong(4),
            row.getInteger(5),
            position,
            epochs.of(row.getInteger(5), position));
    var headers = new ArrayList<Outgoing.Header>(16);
    EventHeaders.of(origin, key, EnvelopeReader.traceparent(body))
        .forEach((name, value) -> headers.add(new Outgoing.Header(name, value)));
    headers.addAll(more);
    return new Outgoing(
        position, row.getString(13), key.getBytes(StandardCharsets.UTF_8), body, headers);
  }

  /** By the topic's rule; where that is not the stream, it is what the stream's id is. */
  private String key(String type, StreamId stream) {
    return catalogue
            .find(type)
            .map(event -> catalogue.topicOf(event).key() == Catalogue.Key.STREAM)
            .orElse(true)
        ? stream.text()
        : stream.id();
  }
}
