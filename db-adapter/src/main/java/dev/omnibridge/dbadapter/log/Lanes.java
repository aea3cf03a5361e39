// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import java.util.List;
import java.util.stream.IntStream;

/** How many lanes the log has: those that are relayed to Kafka, and those of the inbox. */
public record Lanes(int outbox, int inbox) {
  /** The first inbox lane; outbox lanes count from 0. */
  public static final int INBOX = 100;

  /** The outbox lane of a shard. */
  public int outbox(int shard) {
    return shard % outbox;
  }

  /** The inbox lane of what comes from a partition of a topic. */
  public int inbox(String topic, int partition) {
    return INBOX + Math.floorMod(topic.hashCode() + partition, inbox);
  }

  /** All inbox lanes. */
  public List<Integer> inboxes() {
    return IntStream.range(INBOX, INBOX + inbox).boxed().toList();
  }
}
