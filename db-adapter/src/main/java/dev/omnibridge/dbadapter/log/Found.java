// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.dbadapter.log.Append.EventKey;
import dev.omnibridge.dbadapter.log.Append.Partition;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What was read for a batch while its lanes were locked.
 *
 * @param now the database's time, after the last lane was locked
 * @param lanes next position of every locked lane
 * @param streams by their keys
 * @param holders who holds the claims asked for
 * @param lapsed claims by request id that are free again but still there
 * @param positions consumer positions, locked
 * @param bridgeVersions versions of bridge states, locked
 * @param events those of the batch's events that the log holds; filled only when asked for
 */
public record Found(
    OffsetDateTime now,
    Map<Integer, Long> lanes,
    Map<UUID, StreamHead> streams,
    Map<ClaimKey, Holder> holders,
    Set<ClaimKey> lapsed,
    Map<Partition, StoredPosition> positions,
    Map<String, Long> bridgeVersions,
    Map<EventKey, KnownEvent> events) {

  /** A stream as its row shows it; at once the answer to a repeat of its last append. */
  public record StreamHead(
      StreamId stream,
      int shard,
      int lane,
      long version,
      long lastPosition,
      UUID lastAppendId,
      OffsetDateTime recordedAt) {}

  /** A claim: by workflow id, or by request id. */
  public record ClaimKey(boolean byWorkflow, String namespace, String id)
      implements Comparable<ClaimKey> {
    private static final java.util.Comparator<ClaimKey> ORDER =
        java.util.Comparator.comparing(ClaimKey::byWorkflow)
            .thenComparing(ClaimKey::namespace)
            .thenComparing(ClaimKey::id);

    @Override
    public int compareTo(ClaimKey other) {
      return ORDER.compare(this, other);
    }
  }

  /** Who holds a claim. */
  public record Holder(
      String workflowId, UUID runId, String definitionHash, String inputHash, String labelsHash) {}

  /** A consumer's next offset, and the append that stored it. */
  public record StoredPosition(long next, UUID appendId, OffsetDateTime updatedAt) {}

  /** Where the log holds an event. */
  public record KnownEvent(
      UUID streamKey,
      long version,
      int lane,
      long position,
      int shard,
      OffsetDateTime recordedAt) {}
}
