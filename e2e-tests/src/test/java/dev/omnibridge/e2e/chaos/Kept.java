// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.List;
import java.util.Map;

/**
 * The rows that are kept beside the log.
 *
 * @param requests the run of each request id, by "namespace/request id"
 * @param bridges the totals of each namespace
 * @param letters dead letters, one line each
 */
record Kept(
    List<Run> runs,
    Map<String, String> requests,
    List<Stamp> stamps,
    List<Leaf> leaves,
    Map<String, Totals> bridges,
    List<View> views,
    List<String> letters) {

  /**
   * A row of a run.
   *
   * @param order the label that its submission gave it
   */
  record Run(
      String namespace,
      String id,
      String order,
      String state,
      boolean finished,
      long version,
      int steps) {
    String stream() {
      return "workflow/" + namespace + "/" + id;
    }
  }

  /** A row of a stamp; its revision is the version of its stream. */
  record Stamp(
      String namespace,
      String id,
      String fileHash,
      String contentHash,
      long revision,
      long leaf,
      long bytes) {
    String stream() {
      return "stamp/" + namespace + "/" + fileHash;
    }
  }

  /** A leaf of a namespace's log of stamps. */
  record Leaf(String namespace, long index) {}

  /** What the reducer added up for a namespace. */
  record Totals(
      long started,
      long completed,
      long failed,
      long cancelled,
      long steps,
      long degraded,
      long stamps,
      long bytes,
      long events,
      long anomalies) {
    static final Totals ZERO = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** What the reducer knows of a stream of kind workflow. */
  record View(String stream, long version, String state) {}
}
