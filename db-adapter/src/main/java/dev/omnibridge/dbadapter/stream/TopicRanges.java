// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.stream;

import static dev.omnibridge.dbadapter.stream.Administration.answer;

import dev.omnibridge.dbadapter.log.KafkaRanges;
import dev.omnibridge.dbadapter.log.KafkaRanges.Range;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Asks Kafka what it holds of some topics. */
public final class TopicRanges {
  private final Administration administration;
  private final Collection<String> topics;

  public TopicRanges(Vertx vertx, String bootstrapServers, Collection<String> topics) {
    this.administration = new Administration(vertx, bootstrapServers);
    this.topics = new TreeSet<>(topics);
  }

  /** Fails when the cluster is away or does not have all of the topics. */
  public Future<KafkaRanges> read() {
    return administration.ask(admin -> {
      String cluster = answer(admin.describeCluster().clusterId());
      var ids = ids(answer(admin.describeTopics(topics).allTopicNames()));
      var begins = offsets(admin, ids, OffsetSpec.earliest());
      var ends = offsets(admin, ids, OffsetSpec.latest());
      return new KafkaRanges(cluster, join(ids, begins, ends));
    });
  }

  private static Map<TopicPartition, String> ids(Map<String, TopicDescription> described) {
    var ids = new HashMap<TopicPartition, String>();
    for (TopicDescription topic : described.values()) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        ids.put(
            new TopicPartition(topic.name(), partition.partition()), topic.topicId().toString());
      }
    }
    return ids;
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, Map<TopicPartition, String> ids, OffsetSpec which) throws Exception {
    var asked = new HashMap<TopicPartition, OffsetSpec>();
    ids.keySet().forEach(partition -> asked.put(partition, which));
    return answer(admin.listOffsets(asked).all());
  }

  private static List<Range> join(
      Map<TopicPartition, String> ids,
      Map<TopicPartition, ListOffsetsResultInfo> begins,
      Map<TopicPartition, ListOffsetsResultInfo> ends) {
    var ranges = new ArrayList<Range>();
    ends.forEach((partition, end) ->
        ranges.add(
            new Range(
                partition.topic(),
                ids.getOrDefault(partition, ""),
                partition.partition(),
                begins.getOrDefault(partition, end).offset(),
                end.offset())));
    return ranges;
  }
}
