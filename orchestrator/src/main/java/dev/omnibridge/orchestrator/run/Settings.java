// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.workflow.Limits;
import java.time.Duration;

/**
 * The numbers of the shell.
 *
 * @param maxActive runs in memory at once; submissions beyond are refused, waiting runs may leave
 * @param maxHeld bytes that the runs in memory hold, as estimated, beyond which the same is done
 * @param snapshotEvery events after which a snapshot is written along
 * @param pollEvery how often due runs are looked for
 * @param rescanEvery how often all unfinished runs of the own shards are looked for, in case
 *     somebody who worked on one is gone without a trace
 * @param keepWaiting a run that waits no longer than this stays in memory
 * @param maxPause the longest pause between two tries of something that must happen
 */
public record Settings(
    int maxActive,
    long maxHeld,
    int snapshotEvery,
    Duration pollEvery,
    Duration rescanEvery,
    Duration keepWaiting,
    Duration maxPause,
    Limits limits) {
  /** What all runs in memory may hold by default; {@link Room} says why not more. */
  public static final long A_QUARTER_OF_THE_HEAP = Runtime.getRuntime().maxMemory() / 4;

  public static final Settings DEFAULT =
      new Settings(
          10_000,
          A_QUARTER_OF_THE_HEAP,
          50,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Limits.DEFAULT);
}
