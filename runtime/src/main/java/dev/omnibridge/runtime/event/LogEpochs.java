// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import java.util.Comparator;
import java.util.List;

/**
 * Which positions of a log are of which epoch. A log that was restored gives positions anew that it
 * gave before, to other events; the epoch tells the two apart. The first epoch is 1.
 */
public record LogEpochs(List<Start> starts) {
  /** A log that was never restored. */
  public static final LogEpochs FIRST = new LogEpochs(List.of());

  private static final long FIRST_EPOCH = 1;

  /** From this position on a lane is of this epoch, until a later one begins. */
  public record Start(long epoch, int lane, long firstPosition) {}

  /** The youngest epoch first. */
  public LogEpochs {
    starts = starts.stream().sorted(Comparator.comparingLong(Start::epoch).reversed()).toList();
  }

  /** The epoch of what is appended now. */
  public long current() {
    return starts.isEmpty() ? FIRST_EPOCH : starts.getFirst().epoch();
  }

  /** The epoch in which the log gave a position to the event that it has there. */
  public long of(int lane, long position) {
    for (Start start : starts) {
      if (start.lane() == lane && start.firstPosition() <= position) {
        return start.epoch();
      }
    }
    return FIRST_EPOCH;
  }

  /**
   * Whether a later epoch began at or before a position of an epoch: what was there is no part of
   * the log any more, or has another position now.
   */
  public boolean abandoned(long epoch, int lane, long position) {
    return of(lane, position) > epoch;
  }
}
