// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.util.List;

/**
 * Everything that is left after a run of chaos, read when everything was to be at rest.
 *
 * @param records of all topics, each partition in its order
 * @param restless what is not at rest: positions behind their topic's end, a held lane, a process
 *     that ended by itself
 */
record Evidence(
    Claims claims, Logged log, Kept kept, List<Published> records, List<String> restless) {

  /**
   * A record in Kafka.
   *
   * @param logId the log that it names; empty for what others published
   * @param eventId the log's id of the event, or its publisher's
   * @param key the record's own
   * @param body a digest of its bytes
   */
  record Published(
      String topic,
      int partition,
      long offset,
      String key,
      String logId,
      String eventId,
      String stream,
      long version,
      int lane,
      long position,
      String body) {}
}
