// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

/** How many lanes the log has: those that are relayed to Kafka, and those of the inbox. */
public record Lanes(int outbox, int inbox) {
  /** The first inbox lane; outbox lanes count from 0. */
  public static final int INBOX = 100;

  /** The outbox lane of a shard. */
  public int outbox(int shard) {
    return shard % outbox;
  }

  /** The inbox lane of a shard. */
  public int inbox(int shard) {
    return INBOX + shard % inbox;
  }
}
