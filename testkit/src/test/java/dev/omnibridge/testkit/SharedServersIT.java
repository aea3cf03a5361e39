// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class SharedServersIT {
  @Test
  void shouldGiveEmptyDatabasesThatDoNotSeeEachOther() throws SQLException {
    var first = TestPostgres.freshDatabase();
    var second = TestPostgres.freshDatabase();
    assertThat(second.name()).isNotEqualTo(first.name());
    try (var connection = first.connect();
        var statement = connection.createStatement()) {
      statement.execute("create table only_here (id int)");
    }
    try (var connection = second.connect();
        var tables = connection.getMetaData().getTables(null, "public", "%", null)) {
      assertThat(tables.next()).isFalse();
    }
  }

  @Test
  void shouldReadWhatWasWrittenInTheOrderOfItsPartition() throws Exception {
    var topic = TestKafka.uniquePrefix() + "numbers";
    TestKafka.createTopics(1, topic);
    try (var producer = producer(TestKafka.bootstrapServers())) {
      for (var number = 0; number < 100; number++) {
        producer.send(numbered(topic, number));
      }
      producer.flush();
    }
    var reader = RecordReader.ofTestKafka();
    assertThat(reader.read(100, topic))
        .extracting(message -> new String(message.value(), StandardCharsets.UTF_8))
        .hasSize(100)
        .startsWith("0", "1", "2")
        .endsWith("98", "99");
    assertThat(reader.readAll(topic)).hasSize(100);
    assertThat(reader.readUntil(all -> all.stream().anyMatch(m -> m.offset() == 50), topic))
        .hasSizeGreaterThan(50);
  }

  @Test
  void shouldSayHowManyRecordsThereWereWhenTheyAreTooFew() {
    var topic = TestKafka.uniquePrefix() + "empty";
    TestKafka.createTopics(2, topic);
    var impatient = new RecordReader(TestKafka.bootstrapServers(), Duration.ofSeconds(3));
    assertThat(RecordReader.ofTestKafka().readAll(topic)).isEmpty();
    assertThatThrownBy(() -> impatient.read(1, topic))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Only 0 records");
  }

  @Test
  void shouldWaitForATopicThatIsNotMadeYet() {
    var topic = TestKafka.uniquePrefix() + "late";
    var reader = RecordReader.ofTestKafka();
    var read = CompletableFuture.supplyAsync(() -> reader.read(1, topic));
    TestKafka.createTopics(1, topic);
    try (var producer = producer(TestKafka.bootstrapServers())) {
      producer.send(numbered(topic, 1));
      producer.flush();
    }
    assertThat(read.orTimeout(20, TimeUnit.SECONDS).join()).hasSize(1);
    var impatient = new RecordReader(TestKafka.bootstrapServers(), Duration.ofMillis(300));
    assertThatThrownBy(() -> impatient.read(1, topic + "-never"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("There is no topic");
  }

  @Test
  void shouldKeepAClientBehindTheProxyFromTheBrokerWhileItRefuses() throws Exception {
    var topic = TestKafka.uniquePrefix() + "proxied";
    TestKafka.createTopics(1, topic);
    try (var producer = producer(TestKafka.proxiedBootstrapServers())) {
      producer.send(numbered(topic, 0)).get(20, TimeUnit.SECONDS);
      TestKafka.proxy().refuse();
      var during = producer.send(numbered(topic, 1));
      assertThat(RecordReader.ofTestKafka().readAll(topic)).hasSize(1);
      TestKafka.proxy().pass();
      assertThat(during.get(20, TimeUnit.SECONDS).offset()).isEqualTo(1);
    } finally {
      TestKafka.proxy().pass();
    }
  }

  private static ProducerRecord<String, byte[]> numbered(String topic, int number) {
    return new ProducerRecord<>(
        topic, "key", Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  private static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "metadata.recovery.strategy",
            "none",
            "reconnect.backoff.max.ms",
            200),
        new StringSerializer(),
        new ByteArraySerializer());
  }
}
