// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.intelligence.analysis.Sample;
import dev.omnibridge.intelligence.index.Change;
import dev.omnibridge.intelligence.index.Change.Stamped;
import dev.omnibridge.intelligence.index.Features;
import dev.omnibridge.intelligence.index.Searches;
import dev.omnibridge.intelligence.store.ContentSource;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.runtime.stream.Batch;
import dev.omnibridge.runtime.stream.BatchHandler;
import dev.omnibridge.runtime.stream.Positions;
import dev.omnibridge.runtime.stream.Slice;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the stamps on Kafka: every stamp becomes an entry of the index, with the features of its
 * content where the content store has it. The positions are kept in the index itself and committed
 * with it, so each instance follows all partitions on its own, and an index that is lost is made
 * anew from the beginning. A content store that is away is waited for.
 */
public final class StampFeed implements BatchHandler, Positions {
  /** Name of the consumer. */
  public static final String CONSUMER = "intelligence-index";

  private static final Logger log = LoggerFactory.getLogger(StampFeed.class);
  private static final Set<String> STAMPS =
      Set.of(
          "dev.omnibridge.metadata.stamp-created.v1", "dev.omnibridge.metadata.stamp-revised.v1");
  private static final Duration READ_LIMIT = Duration.ofSeconds(10);
  private static final String DIVIDER = "|";

  private final ContentSource contents;
  private final Indexing indexing;
  private final Searches searches;
  private final WorkerExecutor workers;
  private final PositionsOf stored;

  /** Reads what was committed with the index. */
  public interface PositionsOf {
    Map<String, String> read();
  }

  public StampFeed(
      ContentSource contents,
      Indexing indexing,
      Searches searches,
      WorkerExecutor workers,
      PositionsOf stored) {
    this.contents = contents;
    this.indexing = indexing;
    this.searches = searches;
    this.workers = workers;
    this.stored = stored;
  }

  @Override
  public Future<Map<ConsumerPartition, Long>> load(String consumer, String clusterId) {
    Map<ConsumerPartition, Long> positions = new HashMap<>();
    stored
        .read()
        .forEach((key, offset) -> {
          String[] parts = key.split("\\" + DIVIDER, -1);
          if (parts.length == 4 && parts[0].equals(consumer) && parts[1].equals(clusterId)) {
            positions.put(
                ConsumerPartition.newBuilder()
                    .setConsumer(consumer)
                    .setClusterId(clusterId)
                    .setTopicId(parts[2])
                    .setPartition(Integer.parseInt(parts[3]))
                    .build(),
                Long.parseLong(offset));
          }
        });
    return Future.succeededFuture(positions);
  }

  private static String key(ConsumerPartition partition) {
    return String.join(
        DIVIDER,
        partition.getConsumer(),
        partition.getClusterId(),
        partition.getTopicId(),
        Integer.toString(partition.getPartition()));
  }

  @Override
  public Future<?> handle(Batch batch) {
    List<Stamped> stamps = new ArrayList<>();
    Map<String, String> positions = new HashMap<>();
    for (Slice slice : batch.slices()) {
      slice.records().forEach(record -> stamp(record, stamps));
      positions.put(key(slice.partition()), Long.toString(slice.nextOffset()));
    }
    List<String> hashes = stamps.stream().map(Stamped::contentHash).distinct().toList();
    return workers
        .executeBlocking(() -> searches.withText(hashes), false)
        .compose(known -> complete(stamps, 0, known, new ArrayList<>()))
        .compose(changes -> indexing.store(changes, positions));
  }

  /** What is no stamp, or cannot be read as one, is passed over: db-adapter keeps dead letters. */
  private static void stamp(ConsumerRecord<byte[], byte[]> record, List<Stamped> stamps) {
    if (record.value() == null) {
      return;
    }
    try {
      Envelope envelope = Envelope.parse(record.value());
      String hash = envelope.payload().path("content_hash").asText();
      if (STAMPS.contains(envelope.eventType()) && hash.matches("[0-9a-f]{64}")) {
        stamps.add(
            new Stamped(
                envelope.namespace(),
                hash,
                envelope.payload().path("file_hash").asText(),
                envelope.payload().path("file_path").asText(),
                null));
      }
    } catch (Fault malformed) {
      log.atDebug()
          .addKeyValue(LogKeys.OFFSET, record.offset())
          .addKeyValue(LogKeys.REASON, malformed.reason())
          .log("record is no stamp");
    }
  }

  /** One content after the other, so that the store is not pressed by an index that catches up. */
  private Future<List<Change>> complete(
      List<Stamped> stamps, int at, Set<String> known, List<Change> changes) {
    if (at == stamps.size()) {
      return Future.succeededFuture(changes);
    }
    Stamped stamp = stamps.get(at);
    Future<@Nullable Features> features =
        known.contains(stamp.contentHash())
            ? Future.succeededFuture()
            : features(stamp.contentHash());
    return features.compose(found -> {
      changes.add(
          new Stamped(
              stamp.namespace(), stamp.contentHash(), stamp.fileHash(), stamp.path(), found));
      return complete(stamps, at + 1, known, changes);
    });
  }

  private Future<@Nullable Features> features(String hash) {
    return contents
        .read(hash, null, CallScope.current(), READ_LIMIT)
        .compose(sample -> workers.executeBlocking(() -> featuresOf(sample), false))
        .recover(failure ->
            Statuses.faultOf(failure).kind() == Kind.NOT_FOUND
                ? Future.succeededFuture()
                : Future.failedFuture(failure));
  }

  private static @Nullable Features featuresOf(Sample sample) {
    String text = sample.text();
    return text == null ? null : Features.of(text);
  }
}
