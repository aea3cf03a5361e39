// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import dev.omnibridge.api.log.v1.GetPositionsRequest;
import dev.omnibridge.api.log.v1.GetPositionsResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.StoredPosition;
import dev.omnibridge.runtime.rpc.Calls;
import io.grpc.Channel;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** The positions in the log, read over gRPC, and which log it is that has them. */
public final class LogPositions implements Positions {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Channel log;
  private volatile OwnLog known = OwnLog.UNKNOWN;

  public LogPositions(Channel log) {
    this.log = log;
  }

  @Override
  public Future<Map<ConsumerPartition, Long>> load(String consumer, String clusterId) {
    var request =
        GetPositionsRequest.newBuilder().setConsumer(consumer).setClusterId(clusterId).build();
    return Calls.unary(log, LogServiceGrpc.getGetPositionsMethod(), request, LIMIT)
        .onSuccess(stored -> known = OwnLog.of(stored))
        .map(LogPositions::byPartition);
  }

  /**
   * Which log the positions loaded last are of; unknown before that. Another one after the database
   * was replaced, the same with another epoch after it was restored.
   */
  public OwnLog log() {
    return known;
  }

  private static Map<ConsumerPartition, Long> byPartition(GetPositionsResponse stored) {
    return stored.getPositionsList().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                StoredPosition::getPartition, StoredPosition::getNextOffset));
  }
}
