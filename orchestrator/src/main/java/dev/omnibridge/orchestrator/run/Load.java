// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.Definitions.Pinned;
import dev.omnibridge.orchestrator.workflow.Workflow;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A run on its way from the log into memory, and what is counted for it. How much it weighs is
 * known only when it has arrived. If the room is taken by then, one that is loaded for nobody in
 * particular is given up: the log has it, and it is loaded again when there is room, and counts as
 * what it is known to weigh from then on. That time it stays, whatever has come in meanwhile, so
 * that nobody keeps it out for ever, and it is not loaded again and again.
 */
final class Load {
  private final CompletableFuture<Optional<ActiveRun>> end = new CompletableFuture<>();
  private final Room room;
  private boolean stays;
  private long awaited;
  private long arrived;
  private long weight;
  private long dueVersion;

  /**
   * Begins.
   *
   * @param known what the run weighs, from when it was given up; 0 for any other
   */
  Load(Room room, long known) {
    this.room = room;
    this.stays = known > 0;
    await(stays ? known : room.expected());
  }

  /** The run, or nothing when it was given up. */
  CompletableFuture<Optional<ActiveRun>> end() {
    return end;
  }

  /** Somebody waits for the run. */
  void want() {
    stays = true;
  }

  /** The run was due by the log's clock when it had this version; 0: it was not. */
  void due(long version) {
    dueVersion = Math.max(dueVersion, version);
  }

  long dueVersion() {
    return dueVersion;
  }

  /** What the run weighs that was given up. */
  long weight() {
    return weight;
  }

  /**
   * The state is here, the definition is not; false when the run is given up. Unless others have
   * its definition, it may weigh as much as those that came last.
   */
  boolean arrived(Workflow state, String definitionHash) {
    long bytes = Weight.estimate(state);
    long others = room.holds(definitionHash) ? 0 : room.expected();
    weight = Math.max(bytes, others);
    await(Math.max(0, awaited - bytes));
    if (givenUp()) {
      return false;
    }
    arrived = bytes;
    room.change(arrived);
    return true;
  }

  /** The definition is here, too; false when the run is given up. */
  boolean arrived(Pinned definition) {
    weight = arrived + (room.holds(definition.hash()) ? 0 : Room.weight(definition.text()));
    settle();
    return !givenUp();
  }

  private boolean givenUp() {
    if (stays || !room.taken()) {
      return false;
    }
    room.expect(weight);
    return true;
  }

  /** From now on nothing is counted for it here. */
  void settle() {
    await(0);
    room.change(-arrived);
    arrived = 0;
  }

  private void await(long bytes) {
    room.awaited(bytes - awaited);
    awaited = bytes;
  }
}
