// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.util.List;

/**
 * What a restored log got back from Kafka.
 *
 * @param epoch the epoch in which it was appended again
 * @param read records of this log that were looked at
 * @param damaged records of this log that cannot be read
 * @param recovered events that were not in the log, and are again
 * @param streams streams that they belong to
 * @param runs workflow runs whose rows were rebuilt
 * @param unplaced events that Kafka has, but not all events before them, so that they fit no stream
 * @param unplacedStreams some of the streams that those belong to
 * @param lostDefinitions hashes of definitions that unfinished runs need and the database lacks
 */
public record Reconciled(
    long epoch,
    long read,
    long damaged,
    long recovered,
    long streams,
    long runs,
    long unplaced,
    List<String> unplacedStreams,
    List<String> lostDefinitions) {

  /** Whether everything that Kafka has of the log is in it, and complete. */
  public boolean whole() {
    return damaged == 0 && unplaced == 0 && lostDefinitions.isEmpty();
  }

  /** Another db-adapter has done it, or there was nothing to do. */
  public static Reconciled nothing(long epoch) {
    return new Reconciled(epoch, 0, 0, 0, 0, 0, 0, List.of(), List.of());
  }
}
