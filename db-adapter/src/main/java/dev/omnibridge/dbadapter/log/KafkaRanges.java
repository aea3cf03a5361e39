// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.util.List;

/** What a Kafka cluster holds of the catalogue's topics at a moment. */
public record KafkaRanges(String clusterId, List<Range> ranges) {

  /**
   * What a partition holds.
   *
   * @param begin offset of the first record that is still there
   * @param end offset that the next record will have
   */
  public record Range(String topic, String topicId, int partition, long begin, long end) {}
}
