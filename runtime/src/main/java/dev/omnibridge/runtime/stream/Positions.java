// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import io.vertx.core.Future;
import java.util.Map;

/** Where a consumer's positions are stored; they are moved elsewhere, with the effects. */
@FunctionalInterface
public interface Positions {
  /** The stored next offsets of a consumer on a Kafka cluster. */
  Future<Map<ConsumerPartition, Long>> load(String consumer, String clusterId);
}
