// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.runtime.stream.LogPositions;
import dev.omnibridge.runtime.stream.OwnLog;
import dev.omnibridge.runtime.stream.Positions;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How far the stamps were followed, which is kept in the index itself. Db-adapter is asked as well,
 * only for which log it has: the stamps of another one are none of ours.
 */
public final class FeedPositions implements Positions {
  private static final String DIVIDER = "|";

  private final PositionsOf stored;
  private final LogPositions log;

  /** Reads what was committed with the index. */
  public interface PositionsOf {
    Map<String, String> read();
  }

  public FeedPositions(PositionsOf stored, Channel dbAdapter) {
    this.stored = stored;
    this.log = new LogPositions(dbAdapter);
  }

  @Override
  public Future<Map<ConsumerPartition, Long>> load(String consumer, String clusterId) {
    return log.load(consumer, clusterId).map(_ -> ofIndex(consumer, clusterId));
  }

  /** Which log it is that the stamps are followed of, as was known with the last load. */
  public OwnLog log() {
    return log.log();
  }

  private Map<ConsumerPartition, Long> ofIndex(String consumer, String clusterId) {
    Map<ConsumerPartition, Long> positions = new HashMap<>();
    stored
        .read()
        .forEach((key, offset) -> {
          String[] parts = key.split(Pattern.quote(DIVIDER), -1);
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
    return positions;
  }

  static String key(ConsumerPartition partition) {
    return String.join(
        DIVIDER,
        partition.getConsumer(),
        partition.getClusterId(),
        partition.getTopicId(),
        Integer.toString(partition.getPartition()));
  }
}
