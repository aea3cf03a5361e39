// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.dbadapter.log.Append.Move;
import dev.omnibridge.dbadapter.log.Append.Partition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Positions that have moved on but are not stored yet. Records that only confirm their delivery
 * need no transaction of their own: passing them again after a crash does no harm.
 */
public final class InboxPositions {
  private final Map<Partition, Move> pending = new TreeMap<>();

  /** The consumer, who was at expected, has passed everything below next. */
  public void passed(Partition partition, long expected, long next) {
    Move earlier = pending.get(partition);
    long from = earlier != null && earlier.next() == expected ? earlier.expected() : expected;
    pending.put(partition, new Move(partition, from, next));
  }

  /** What is to be stored. */
  public List<Move> moves() {
    return List.copyOf(pending.values());
  }

  /** It is stored, or what is stored has to be read again. */
  public void clear() {
    pending.clear();
  }
}
