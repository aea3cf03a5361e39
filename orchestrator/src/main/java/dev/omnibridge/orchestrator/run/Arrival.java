// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

/**
 * What a submission holds until it is answered. Its definition counts as if it were read already,
 * for many may wait to be read a few at a time, and then all are in memory.
 */
final class Arrival {
  private final Room room;
  private final String text;
  private final String hash;
  private final long values;

  Arrival(Room room, Submission submission) {
    this.room = room;
    this.text = submission.definition();
    this.hash = Definitions.hash(text);
    this.values = Weight.of(submission.input()) + Weight.of(submission.labels());
    room.change(values + words());
    room.entered(hash, text);
  }

  /** As its user wrote it, and as it came. */
  private long words() {
    return 2L * text.length();
  }

  /** From now on its run is in memory, with its values and its definition, or never will be. */
  void begun() {
    room.change(-values);
    room.left(hash, text);
  }

  void answered() {
    room.change(-words());
  }
}
