// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.TraceLink;
import dev.omnibridge.api.log.v1.TracedEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Events as a tree: each below the one that it names as its cause; without one, below the first of
 * its stream; the first of a stream that is no run's, below the run that its payload names, or the
 * only one. Nothing stands below what was recorded later, so there are no circles.
 */
public final class Traces {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN_KIND = "workflow";

  private final List<RecordedEvent> events;
  private final Map<String, Integer> byId = new HashMap<>();
  private final Map<StreamName, Integer> firstOfStream = new HashMap<>();
  private final Map<String, Integer> runs = new HashMap<>();

  private Traces(List<RecordedEvent> events) {
    this.events = events;
  }

  private record Place(int parent, TraceLink link) {
    static final Place ROOT = new Place(-1, TraceLink.TRACE_LINK_ROOT);
  }

  /** The tree of events that are given as they were recorded; each after the one above it. */
  public static List<TracedEvent> tree(List<RecordedEvent> events) {
    return new Traces(events).tree();
  }

  private List<TracedEvent> tree() {
    var parents = new int[events.size()];
    var nodes = new ArrayList<TracedEvent.Builder>();
    for (int i = 0; i < events.size(); i++) {
      RecordedEvent event = events.get(i);
      Place place = place(event);
      parents[i] = place.parent();
      boolean below = place.parent() >= 0;
      nodes.add(
          TracedEvent.newBuilder()
              .setEvent(event)
              .setLink(place.link())
              .setParentEventId(below ? events.get(place.parent()).getEventId() : "")
              .setDepth(below ? nodes.get(place.parent()).getDepth() + 1 : 0)
              .setLastOccurredAt(event.getOccurredAt()));
      know(event, i);
    }
    spread(parents, nodes);
    return inOrder(parents, nodes);
  }

  private void know(RecordedEvent event, int index) {
    byId.putIfAbsent(event.getEventId(), index);
    Integer before = firstOfStream.putIfAbsent(event.getStream(), index);
    if (before == null && event.getStream().getKind().equals(RUN_KIND)) {
      runs.putIfAbsent(event.getStream().getId(), index);
    }
  }

  private Place place(RecordedEvent event) {
    Integer cause = byId.get(event.getCausationId());
    if (cause != null) {
      return new Place(cause, TraceLink.TRACE_LINK_CAUSE);
    }
    Integer first = firstOfStream.get(event.getStream());
    if (first != null) {
      return new Place(first, TraceLink.TRACE_LINK_STREAM);
    }
    if (event.getStream().getKind().equals(RUN_KIND) || runs.isEmpty()) {
      return Place.ROOT;
    }
    Integer named = runs.get(runId(event));
    if (named != null) {
      return new Place(named, TraceLink.TRACE_LINK_RUN);
    }
    return runs.size() == 1
        ? new Place(runs.values().iterator().next(), TraceLink.TRACE_LINK_RUN)
        : Place.ROOT;
  }

  private static String runId(RecordedEvent event) {
    try (var body = event.getBody().newInput()) {
      return JSON.readTree(body).path("payload").path("run_id").asText();
    } catch (IOException noJson) {
      return "";
    }
  }

  /** Tells every event when the last one below it occurred; those below come later in the list. */
  private static void spread(int[] parents, List<TracedEvent.Builder> nodes) {
    for (int i = parents.length - 1; i >= 0; i--) {
      if (parents[i] >= 0) {
        var above = nodes.get(parents[i]);
        Timestamp last = nodes.get(i).getLastOccurredAt();
        if (Timestamps.compare(last, above.getLastOccurredAt()) > 0) {
          above.setLastOccurredAt(last);
        }
      }
    }
  }

  private static List<TracedEvent> inOrder(int[] parents, List<TracedEvent.Builder> nodes) {
    var children = new ArrayList<List<Integer>>();
    var open = new ArrayDeque<Integer>();
    for (int i = 0; i < parents.length; i++) {
      children.add(new ArrayList<>());
      if (parents[i] >= 0) {
        children.get(parents[i]).add(i);
      } else {
        open.addLast(i);
      }
    }
    var tree = new ArrayList<TracedEvent>();
    while (!open.isEmpty()) {
      int node = open.removeFirst();
      tree.add(nodes.get(node).build());
      children.get(node).reversed().forEach(open::addFirst);
    }
    return tree;
  }
}
