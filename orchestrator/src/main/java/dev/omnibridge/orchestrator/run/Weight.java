// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.orchestrator.run.Definitions.Pinned;
import dev.omnibridge.orchestrator.workflow.Frame;
import dev.omnibridge.orchestrator.workflow.Next;
import dev.omnibridge.orchestrator.workflow.PendingCall;
import dev.omnibridge.orchestrator.workflow.Position;
import dev.omnibridge.orchestrator.workflow.Run;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * What one run takes in memory, as an estimate: {@code {"id":1,"name":"abc","v":1.5}} has 29
 * characters and takes 372 bytes, so 256 KiB of such are more than 3 MiB. A value that a run holds
 * in several places counts once, and a large one is not measured again while the run keeps it.
 */
final class Weight {
  /**
   * A run with its ids, its place in all maps, its row and its timer, and no values. One that looks
   * for a stamp takes 2.8 KB in all and weighs 3.3: 10,000 of them are half a quarter of 256 MB.
   */
  private static final long RUN = 2048;

  private static final long FRAME = 256;
  private static final long LABEL = 128;

  /** An empty object; one with a table; what a field takes beside its value. */
  private static final long EMPTY = 80;

  private static final long OBJECT = 160;
  private static final long FIELD = 64;
  private static final long ARRAY = 64;
  private static final long ITEM = 6;
  private static final long TEXT = 56;
  private static final long NUMBER = 24;

  /** What is measured faster than remembered. */
  private static final long SMALL = 4096;

  private record Part(JsonNode value, long bytes) {}

  private final Room room;
  private final Pinned definition;

  /** The calls under way; one at a time, unless somebody else brought the run further meanwhile. */
  private final List<PendingCall> calls = new ArrayList<>();

  private List<Part> large = List.of();
  private long bytes;
  private boolean lifted;

  Weight(Room room, Pinned definition, Workflow state) {
    this.room = room;
    this.definition = definition;
    room.entered(definition);
    of(state);
  }

  /** From now on the run holds this state, or these while it goes from one to the other. */
  void of(Workflow... states) {
    if (lifted && calls.isEmpty()) {
      return;
    }
    var scales = new Scales(large);
    for (Workflow state : states) {
      scales.add(state);
    }
    calls.forEach(scales::add);
    large = List.copyOf(scales.large);
    room.change(scales.bytes - bytes);
    bytes = scales.bytes;
  }

  /**
   * A call holds its data, and the run, until it has ended, also when the run was cancelled or has
   * left before: cancelling many long calls makes room for others only when they have ended.
   */
  <T> CompletionStage<T> during(PendingCall call, CompletionStage<T> made) {
    calls.add(call);
    return made.whenComplete((_, _) -> {
      calls.remove(call);
      if (lifted) {
        giveBack();
      }
    });
  }

  /** The run is out of memory as soon as nothing is under way any more. */
  void lift() {
    if (!lifted) {
      lifted = true;
      giveBack();
    }
  }

  private void giveBack() {
    if (calls.isEmpty()) {
      large = List.of();
      room.change(-bytes);
      room.left(definition);
    }
  }

  /** What a run takes in a state, without its definition. */
  static long estimate(Workflow state) {
    var scales = new Scales(List.of());
    scales.add(state);
    return scales.bytes;
  }

  private static final class Scales {
    private final List<Part> before;
    final List<JsonNode> seen = new ArrayList<>();
    final List<Part> large = new ArrayList<>();
    long bytes = RUN;

    Scales(List<Part> before) {
      this.before = before;
    }

    void add(Workflow state) {
      switch (state) {
        case Workflow.Absent _ -> {}
        case Workflow.Completed w -> {
          add(w.run());
          add(w.output());
        }
        case Workflow.Finished w -> add(w.run());
        case Workflow.Unfinished w -> {
          add(w.run());
          add(w.position());
          if (w.next() instanceof Next.Call(PendingCall call)) {
            add(call);
          }
        }
      }
    }

    void add(PendingCall call) {
      add(call.arguments());
      add(call.input());
    }

    private void add(Run run) {
      add(run.input());
      bytes += of(run.labels());
    }

    private void add(Position position) {
      add(position.data());
      add(position.context());
      for (Frame frame : position.frames()) {
        bytes += FRAME;
        add(frame.entry().input());
        switch (frame.entry()) {
          case Frame.Entry.Loop loop -> add(loop.items());
          case Frame.Entry.Handler handler -> bytes += handler.error().toString().length();
          case Frame.Entry.Sequence _, Frame.Entry.Attempt _ -> {}
        }
      }
    }

    @SuppressWarnings("ReferenceEquality")
    private void add(JsonNode value) {
      if (seen.stream().anyMatch(other -> other == value)) {
        return;
      }
      seen.add(value);
      long weight = known(value);
      bytes += weight;
      if (weight >= SMALL) {
        large.add(new Part(value, weight));
      }
    }

    @SuppressWarnings("ReferenceEquality")
    private long known(JsonNode value) {
      for (Part part : before) {
        if (part.value == value) {
          return part.bytes;
        }
      }
      return of(value);
    }
  }

  static long of(Map<String, String> labels) {
    return labels.entrySet().stream()
        .mapToLong(label -> LABEL + label.getKey().length() + label.getValue().length())
        .sum();
  }

  /** What a value takes. Names of fields count half, for equal ones are often one and the same. */
  static long of(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> {
        long sum = value.isEmpty() ? EMPTY : OBJECT;
        for (var field : value.properties()) {
          sum += FIELD + field.getKey().length() + of(field.getValue());
        }
        yield sum;
      }
      case ARRAY -> {
        long sum = ARRAY;
        for (JsonNode item : value) {
          sum += ITEM + of(item);
        }
        yield sum;
      }
      case STRING -> TEXT + value.textValue().length() * (wide(value.textValue()) ? 2L : 1L);
      case NUMBER -> NUMBER;
      case BOOLEAN, NULL, MISSING, POJO, BINARY -> 0;
    };
  }

  /** Whether a text takes two bytes a character. */
  private static boolean wide(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return true;
      }
    }
    return false;
  }
}
