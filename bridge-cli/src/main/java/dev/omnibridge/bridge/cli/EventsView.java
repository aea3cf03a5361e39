// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.EventLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.util.List;

/** How a list of events is shown. */
record EventsView(Session session) {

  /** Prints them; where there are more, the remark says how to ask for them. */
  void print(List<RecordedEvent> events, String nextPageToken, String times) {
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("events");
      events.forEach(event -> array.add(ProtoJson.of(event)));
      document.put("nextPageToken", nextPageToken);
      session.document(document);
      return;
    }
    session.table(isOneStream(events) ? oneStream(events) : manyStreams(events));
    new WorkflowView(session).more(nextPageToken, times);
  }

  private static boolean isOneStream(List<RecordedEvent> events) {
    return events.stream().map(RecordedEvent::getStream).distinct().count() <= 1;
  }

  private Table oneStream(List<RecordedEvent> events) {
    var table = new Table(session.palette(), ">VERSION", "TIME", "EVENT", "WHAT");
    for (RecordedEvent event : events) {
      table.row(event.getVersion(), time(event), type(event), EventLine.summary(event));
    }
    return table;
  }

  private Table manyStreams(List<RecordedEvent> events) {
    var table = new Table(session.palette(), "TIME", "STREAM", ">VERSION", "EVENT", "WHAT");
    for (RecordedEvent event : events) {
      table.row(
          time(event),
          stream(event.getStream()),
          event.getVersion(),
          type(event),
          EventLine.summary(event));
    }
    return table;
  }

  private Cell time(RecordedEvent event) {
    return new Cell(
        Amounts.time(event.getOccurredAt(), session.setting().clock()), session.palette()::dim);
  }

  private Cell type(RecordedEvent event) {
    return new Cell(EventLine.shortType(event.getType()), session.palette()::cyan);
  }

  static String stream(StreamName stream) {
    return "%s/%s/%s"
        .formatted(stream.getKind(), stream.getNamespace(), EventLine.hash(stream.getId()));
  }
}
