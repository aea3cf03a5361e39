// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;

/** Where a run is and with what: the frames from the outermost in, the data, the context. */
public record Position(
    List<Frame> frames, JsonNode data, JsonNode context, long calls, long emitted) {
  static final Position BEFORE =
      new Position(List.of(), NullNode.instance, JsonNodeFactory.instance.objectNode(), 0, 0);

  Position after(Progress progress) {
    List<Frame> moved = new ArrayList<>(frames.subList(0, progress.kept()));
    if (progress.cursor() != null) {
      moved.set(moved.size() - 1, moved.getLast().at(progress.cursor()));
    }
    moved.addAll(progress.entered());
    long made = progress.next() instanceof Next.Call(PendingCall call) ? call.ordinal() : calls;
    JsonNode known = progress.context() == null ? context : progress.context();
    return new Position(List.copyOf(moved), progress.data(), known, made, emitted);
  }

  Position afterEmitting() {
    return new Position(frames, data, context, calls, emitted + 1);
  }
}
