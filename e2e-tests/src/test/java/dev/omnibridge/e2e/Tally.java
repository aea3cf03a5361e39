// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import dev.omnibridge.testkit.Thresholds;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How many events there are where so many were expected, counted once and as often as they come.
 */
record Tally(long expected, long seen, long distinct) {

  /** Of records, by the ids of their events. */
  static Tally of(long expected, List<ConsumerRecord<String, byte[]>> records) {
    return new Tally(expected, records.size(), OwnEvents.firsts(records).size());
  }

  /** How many are missing; what came twice makes up for none. */
  long lost() {
    return Math.max(0, expected - distinct);
  }

  /** How many are there once more than they should be. */
  long repeated() {
    return seen - distinct;
  }

  /** Records both under their names. */
  void tell(Thresholds figures) {
    figures.share("event_loss", lost(), expected);
    figures.share("duplicate_share", repeated(), Math.max(1, seen));
  }
}
