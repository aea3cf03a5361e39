// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;

/**
 * One list of tasks that a run is inside of: what was fixed when it entered, and where it is now.
 */
public record Frame(Entry entry, Cursor cursor) {

  /** Where a run is within a list: the task, and how often it has come round. */
  public record Cursor(int index, int lap, int round) {
    static final Cursor START = new Cursor(0, 0, 0);

    /** At another task; going back is another lap, so that every visit of a task has a name. */
    Cursor to(int task) {
      return new Cursor(task, task <= index ? lap + 1 : lap, round);
    }

    /** At the first task of the next round of a loop, or of the next try. */
    Cursor nextRound() {
      return new Cursor(0, 0, round + 1);
    }
  }

  /** What was fixed when a run entered a list. */
  public sealed interface Entry {

    /** Pointer of the list of tasks. */
    String block();

    /** The data that the task around the list was given. */
    JsonNode input();

    /** The outermost list, or the body of a do. */
    record Sequence(String block, JsonNode input) implements Entry {}

    /** The body of a loop; the cursor's round is the position in the items. */
    record Loop(String block, JsonNode input, ArrayNode items) implements Entry {}

    /** The body of a try; the cursor's round counts the retries. */
    record Attempt(String block, JsonNode input, Instant since) implements Entry {}

    /** What a try does about the error it caught. */
    record Handler(String block, JsonNode input, WorkflowError error) implements Entry {}
  }

  Frame at(Cursor moved) {
    return new Frame(entry, moved);
  }
}
