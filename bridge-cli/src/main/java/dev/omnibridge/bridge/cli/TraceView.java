// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.TraceEventsResponse;
import dev.omnibridge.api.log.v1.TracedEvent;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.EventLine;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/** How a tree of events is shown: one line each, with branches, and since when it went on. */
record TraceView(Session session) {

  void print(TraceEventsResponse trace) {
    if (session.json()) {
      session.document(ProtoJson.of(trace));
      return;
    }
    var events = trace.getEventsList();
    var table = new Table(session.palette(), "EVENT", ">AFTER", ">LASTS", "STREAM", "WHAT");
    var branches = branches(events);
    for (int i = 0; i < events.size(); i++) {
      TracedEvent node = events.get(i);
      RecordedEvent event = node.getEvent();
      table.row(
          new Cell(branches.get(i) + EventLine.shortType(event.getType()), session.palette()::cyan),
          new Cell("+" + span(events.getFirst(), node), session.palette()::dim),
          lasts(node),
          EventsView.stream(event.getStream()),
          EventLine.summary(event));
    }
    session.table(table);
    if (trace.getCut()) {
      session.remark("There is more; ask for more with --limit, or for all with ./bridge events.");
    }
  }

  /** Clocks differ; what seems to have come before the first is shown as at once. */
  private static String span(TracedEvent first, TracedEvent node) {
    return span(first.getEvent().getOccurredAt(), node.getEvent().getOccurredAt());
  }

  private static String span(com.google.protobuf.Timestamp from, com.google.protobuf.Timestamp to) {
    long nanos = Durations.toNanos(Timestamps.between(from, to));
    return Amounts.span(Duration.ofNanos(Math.max(0, nanos)));
  }

  private static String lasts(TracedEvent node) {
    var from = node.getEvent().getOccurredAt();
    return node.getLastOccurredAt().equals(from) ? "" : span(from, node.getLastOccurredAt());
  }

  /**
   * The lines in front of every event, from the last one up: a level is open below its next one.
   */
  private static List<String> branches(List<TracedEvent> events) {
    var lines = new String[events.size()];
    var open = new BitSet();
    for (int i = events.size() - 1; i >= 0; i--) {
      int depth = events.get(i).getDepth();
      var line = new StringBuilder();
      for (int level = 1; level < depth; level++) {
        line.append(open.get(level) ? "│  " : "   ");
      }
      lines[i] = depth == 0 ? "" : line.append(open.get(depth) ? "├─ " : "└─ ").toString();
      open.set(depth);
      open.clear(depth + 1, open.length() + depth + 2);
    }
    return List.of(lines);
  }
}
