// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** How an embedded broker is to run: one node that is its own controller, sized for a laptop. */
record BrokerSettings(EmbeddedKafka.Options options, Path logs, int port, int controllerPort) {
  static final int NODE_ID = 1;
  static final String CONTROLLER = "CONTROLLER";
  private static final String DIRECT = "PLAINTEXT";
  private static final String PROXIED = "PROXIED";
  private static final int MESSAGE_LIMIT = (1 << 20) + (64 << 10);

  /** The settings of a broker that gives up when it has not started within the limit. */
  Properties within(Duration limit) {
    var all = new HashMap<String, Object>();
    network(all);
    singleNode(all);
    storage(all);
    fewThreads(all);
    quickStart(all);
    all.put("server.max.startup.time.ms", limit.toMillis());
    all.putAll(options.settings());
    var texts = new Properties();
    all.forEach((name, value) -> texts.setProperty(name, value.toString()));
    return texts;
  }

  private void network(Map<String, Object> all) {
    var proxied = options.proxied();
    var listeners =
        "%s://127.0.0.1:%d,%s://127.0.0.1:%d".formatted(DIRECT, port, CONTROLLER, controllerPort);
    var advertised = "%s://127.0.0.1:%d".formatted(DIRECT, port);
    if (proxied != null) {
      listeners += ",%s://127.0.0.1:%d".formatted(PROXIED, proxied.listen());
      advertised += ",%s://127.0.0.1:%d".formatted(PROXIED, proxied.advertise());
    }
    all.put("listeners", listeners);
    all.put("advertised.listeners", advertised);
    all.put("controller.listener.names", CONTROLLER);
    all.put("inter.broker.listener.name", DIRECT);
    all.put(
        "listener.security.protocol.map",
        "%s:PLAINTEXT,%s:PLAINTEXT,%s:PLAINTEXT".formatted(DIRECT, CONTROLLER, PROXIED));
    all.put("message.max.bytes", MESSAGE_LIMIT);
    all.put("replica.fetch.max.bytes", MESSAGE_LIMIT);
  }

  private void singleNode(Map<String, Object> all) {
    all.put("process.roles", "broker,controller");
    all.put("node.id", NODE_ID);
    all.put("controller.quorum.voters", "%d@127.0.0.1:%d".formatted(NODE_ID, controllerPort));
    all.put("auto.create.topics.enable", false);
    all.put("default.replication.factor", 1);
    all.put("min.insync.replicas", 1);
    all.put("offsets.topic.replication.factor", 1);
    all.put("offsets.topic.num.partitions", 4);
    all.put("transaction.state.log.replication.factor", 1);
    all.put("transaction.state.log.min.isr", 1);
    all.put("transaction.state.log.num.partitions", 4);
    all.put("share.coordinator.state.topic.replication.factor", 1);
    all.put("share.coordinator.state.topic.min.isr", 1);
    all.put("share.coordinator.state.topic.num.partitions", 4);
  }

  /** Index files are made at their full size, so a large one costs every partition. */
  private void storage(Map<String, Object> all) {
    all.put("log.dirs", logs.toString());
    all.put("log.segment.bytes", 64 << 20);
    all.put("log.index.size.max.bytes", 512 << 10);
    all.put("offsets.topic.segment.bytes", 16 << 20);
    all.put("transaction.state.log.segment.bytes", 16 << 20);
    all.put("share.coordinator.state.topic.segment.bytes", 16 << 20);
    all.put("log.cleaner.dedupe.buffer.size", 8 << 20);
  }

  private void fewThreads(Map<String, Object> all) {
    all.put("num.network.threads", 2);
    all.put("num.io.threads", 4);
    all.put("num.replica.fetchers", 1);
    all.put("num.recovery.threads.per.data.dir", 2);
    all.put("background.threads", 2);
    all.put("log.cleaner.threads", 1);
    all.put("group.coordinator.threads", 1);
    all.put("share.coordinator.threads", 1);
    all.put("metric.reporters", "");
  }

  /**
   * Nobody else votes and nobody else joins, so there is nobody to wait for. The session is short
   * because after a kill the broker is let in only when its former self has timed out.
   */
  private void quickStart(Map<String, Object> all) {
    all.put("group.initial.rebalance.delay.ms", 0);
    // Otherwise a consumer hears of its partitions with its second heartbeat, not with its first.
    all.put("group.consumer.assignment.interval.ms", 0);
    all.put("group.consumer.assignor.offload.enable", false);
    all.put("controller.quorum.election.timeout.ms", 100);
    all.put("controller.quorum.election.backoff.max.ms", 50);
    all.put("controller.quorum.fetch.timeout.ms", 1_000);
    all.put("broker.heartbeat.interval.ms", 250);
    all.put("broker.session.timeout.ms", 2_000);
    // Kafka's own 45 s is how long the partitions of a killed consumer would lie idle.
    all.put("group.consumer.min.heartbeat.interval.ms", 1_500);
    all.put("group.consumer.heartbeat.interval.ms", 1_500);
    all.put("group.consumer.min.session.timeout.ms", 6_000);
    all.put("group.consumer.session.timeout.ms", 6_000);
  }
}
