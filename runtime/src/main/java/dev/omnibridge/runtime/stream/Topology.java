// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import dev.omnibridge.api.log.v1.ConsumerPartition;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * Which cluster and which topics a pump reads, by the ids that Kafka gave them: a cluster or a
 * topic that was made anew has another id, and with it other positions.
 */
record Topology(String clusterId, Map<String, Topic> topics) {

  /** A topic's identity. */
  record Topic(String id, int partitions) {}

  /** Fails when the cluster does not answer, or does not have all of the topics. */
  static Future<Topology> read(Admin admin, List<String> names) {
    var cluster =
        Future.fromCompletionStage(admin.describeCluster().clusterId().toCompletionStage());
    var described =
        Future.fromCompletionStage(admin.describeTopics(names).allTopicNames().toCompletionStage());
    return Future.all(cluster, described)
        .map(_ -> new Topology(cluster.result(), shapes(described.result())));
  }

  private static Map<String, Topic> shapes(Map<String, TopicDescription> described) {
    return described.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey,
                entry ->
                    new Topic(
                        entry.getValue().topicId().toString(),
                        entry.getValue().partitions().size())));
  }

  /** The key of a partition's position. */
  ConsumerPartition key(String consumer, TopicPartition partition) {
    Topic topic = topics.get(partition.topic());
    if (topic == null) {
      throw new IllegalStateException("Not a topic of this pump: " + partition.topic());
    }
    return ConsumerPartition.newBuilder()
        .setConsumer(consumer)
        .setClusterId(clusterId)
        .setTopicId(topic.id())
        .setPartition(partition.partition())
        .build();
  }

  /** Every partition of every topic. */
  Set<TopicPartition> partitions() {
    return topics.entrySet().stream()
        .flatMap(topic ->
            IntStream.range(0, topic.getValue().partitions())
                .mapToObj(number -> new TopicPartition(topic.getKey(), number)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
