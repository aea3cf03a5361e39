// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.embedded.EmbeddedKafka.Options;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path directory;

  @Test
  void shouldKeepRecordsAndIdentityOverARestartOnTheSamePortAndDirectory() throws Exception {
    String clusterId;
    int port;
    try (var kafka = EmbeddedKafka.start(Options.in(directory))) {
      clusterId = kafka.clusterId();
      port = kafka.port();
      createTopic(kafka, "kept");
      send(kafka, "kept", "first");
      assertThat(read(kafka, "kept", 1)).containsExactly("first");
    }
    try (var kafka = EmbeddedKafka.start(Options.in(directory).withPort(port))) {
      assertThat(kafka.clusterId()).isEqualTo(clusterId);
      assertThat(kafka.port()).isEqualTo(port);
      send(kafka, "kept", "second");
      assertThat(read(kafka, "kept", 2)).containsExactly("first", "second");
    }
  }

  @Test
  void shouldDeliverWhatAProducerBufferedDuringAnOutage() throws Exception {
    try (var kafka = EmbeddedKafka.start(Options.in(directory));
        var producer = producer(kafka)) {
      createTopic(kafka, "outage");
      producer
          .send(new ProducerRecord<>("outage", "before"))
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      kafka.stop();
      assertThat(kafka.isRunning()).isFalse();
      var during = producer.send(new ProducerRecord<>("outage", "during"));
      kafka.restart();
      assertThat(during.get(LIMIT.toSeconds(), TimeUnit.SECONDS).offset()).isEqualTo(1);
      assertThat(read(kafka, "outage", 2)).containsExactly("before", "during");
    }
  }

  @Test
  void shouldGiveBackTheMemoryOfAStoppedBroker() throws Exception {
    try (var kafka = EmbeddedKafka.start(Options.in(directory))) {
      createTopic(kafka, "remembered");
      send(kafka, "remembered", "first");
      kafka.stop();
    }
    // Threads that are just ending may hold it for a moment.
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(liveObjects())
                .containsPattern("java.lang.String\\s")
                .doesNotContainPattern("kafka.server.BrokerServer\\s"));
  }

  /** The classes of which the process has objects, after a full collection. */
  private static String liveObjects() throws JMException {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
  }

  @Test
  void shouldKeepAcknowledgedRecordsWhenItsProcessIsKilled() throws Exception {
    try (var owner = OwnerProcess.ofKafka(directory, "survivor")) {
      owner.kill();
    }
    try (var kafka = EmbeddedKafka.start(Options.in(directory))) {
      assertThat(read(kafka, "survivor", 1)).containsExactly("acknowledged");
    }
  }

  @Test
  void shouldTakeAMessageOfOneMebibyteAndCreateNoTopicUnasked() throws Exception {
    try (var kafka = EmbeddedKafka.start(Options.in(directory))) {
      createTopic(kafka, "large");
      send(kafka, "large", "x".repeat(1 << 20));
      assertThat(read(kafka, "large", 1).getFirst()).hasSize(1 << 20);
      assertThatThrownBy(() -> send(kafka, "large", "x".repeat(2 << 20)))
          .hasCauseInstanceOf(RecordTooLargeException.class);
      try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        assertThatThrownBy(() -> admin.describeTopics(List.of("unasked")).allTopicNames().get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
      }
    }
  }

  @Test
  void shouldRefuseADirectoryThatIsInUse() {
    try (var kafka = EmbeddedKafka.start(Options.in(directory))) {
      assertThatThrownBy(() -> EmbeddedKafka.start(Options.in(directory)))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("in use by this process");
      assertThat(kafka.isRunning()).isTrue();
    }
  }

  @Test
  void shouldSayWhyWhenThePortIsTakenAndStartOnceItIsNot() throws Exception {
    try (var taken = new ServerSocket(FreePorts.next(), 1, InetAddress.getLoopbackAddress())) {
      var options = Options.in(directory).withPort(taken.getLocalPort());
      assertThatThrownBy(() -> EmbeddedKafka.start(options))
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("port " + taken.getLocalPort());
    }
    EmbeddedKafka.start(Options.in(directory)).close();
  }

  static void createTopic(EmbeddedKafka kafka, String name) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(List.of(new NewTopic(name, 1, (short) 1)))
          .all()
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  static void send(EmbeddedKafka kafka, String topic, String value) throws Exception {
    try (var producer = producer(kafka)) {
      producer.send(new ProducerRecord<>(topic, value)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Without rebootstrapping, which would forget the topic in an outage and make send block. */
  private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "max.request.size",
            4 << 20,
            "metadata.recovery.strategy",
            "none",
            "reconnect.backoff.max.ms",
            200),
        new StringSerializer(),
        new StringSerializer());
  }

  private static List<String> read(EmbeddedKafka kafka, String topic, int count) {
    var values = new ArrayList<String>();
    var deadline = Deadline.in(LIMIT);
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "reader-" + System.nanoTime(),
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (values.size() < count && !deadline.isOver()) {
        consumer.poll(Duration.ofMillis(100)).forEach(message -> values.add(message.value()));
      }
    }
    return values;
  }
}
