// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.fold;

import dev.omnibridge.reducer.fold.Change.Added;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a namespace adds up to.
 *
 * @param version commits so far
 * @param fileTypes stamped files by type; of too many types the rest are "other"
 * @param lastEventAt time of the newest event folded in; null before the first
 */
public record BridgeState(
    String namespace,
    long version,
    Counters counters,
    SortedMap<String, Long> fileTypes,
    Windows windows,
    @Nullable Instant lastEventAt) {

  public BridgeState {
    fileTypes = Collections.unmodifiableSortedMap(FileTypes.bounded(fileTypes));
  }

  /** Before the first event. */
  public static BridgeState none(String namespace, Windows.Shape shape) {
    return new BridgeState(
        namespace, 0, Counters.ZERO, new TreeMap<>(), Windows.empty(shape), null);
  }

  /** One commit later, with these changes; they may come in any order. At least one. */
  public BridgeState after(List<Tally> tallies) {
    var sums = counters;
    var types = new TreeMap<>(fileTypes);
    Instant newest = lastEventAt == null ? tallies.getFirst().at() : lastEventAt;
    for (Tally tally : tallies) {
      sums = sums.plus(tally.change());
      newest = tally.at().isAfter(newest) ? tally.at() : newest;
      if (tally.change() instanceof Added(long _, String type)) {
        types.merge(type, 1L, Long::sum);
      }
    }
    return new BridgeState(
        namespace, version + 1, sums, types, windows.after(tallies, newest), newest);
  }

  /** Mean time from a workflow's start to its end; empty before the first end. */
  public Optional<Duration> meanWorkflowDuration() {
    return counters.timed() == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(counters.millis()).dividedBy(counters.timed()));
  }
}
