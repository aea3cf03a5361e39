// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.omnibridge.testkit.RecordReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters that are larger than Kafka takes, and those behind them. */
class LargeLettersIT {
  private static final int MEBI = 1 << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void shouldPublishALetterThatIsTooLargeWithoutItsValueAndThenTheOthers() {
    try (var rig = new OutboxRig(directory)) {
      var adapter = rig.adapter();
      var letters = new Letters(adapter.channel());
      IntStream.range(0, 8)
          .forEach(i -> letters.write(List.of(letter(rig.topic(), "x".repeat(MEBI - 100 + i)))));
      letters.write(List.of(letter(rig.topic(), "y".repeat(3 * MEBI))));
      letters.write(List.of(letter(rig.topic(), "behind")));
      var found =
          new RecordReader(rig.bootstrapServers(), Duration.ofSeconds(30))
              .readUntil(
                  records ->
                      records.stream()
                          .anyMatch(one -> one.value() != null && one.value().length == 6),
                  rig.topic() + ".dlq");
      var omitted = found.stream().filter(one -> one.value() == null).toList();
      assertThat(omitted)
          .isNotEmpty()
          .allSatisfy(one -> {
            assertThat(one.key()).isEqualTo("key");
            assertThat(OutboxRig.header(one, "ob_value_omitted")).isEqualTo("too large");
            assertThat(OutboxRig.header(one, "__connect.errors.offset")).isEqualTo("8");
          });
      assertThat(found)
          .filteredOn(one -> one.value() != null && one.value().length > 6)
          .hasSizeGreaterThanOrEqualTo(8);
      assertThat(adapter.verticle().kafkaAnswers()).isTrue();
      assertThat(letters.open()).hasSize(10);
    }
  }

  /** Compressed, such records pass a broker that takes 1 MiB. */
  private static ProducerRecord<byte[], byte[]> poison(String topic, byte[] key, int headerBytes) {
    var record = new ProducerRecord<>(topic, 0, key, "poison".getBytes(StandardCharsets.UTF_8));
    record.headers().add("theirs", new byte[headerBytes]);
    return record;
  }

  @Test
  void shouldPublishLettersWhoseHeadersOrKeyAreTooLargeWithoutThem() throws Exception {
    try (var rig = new OutboxRig(directory);
        var producer =
            new KafkaProducer<>(
                Map.of(
                    "bootstrap.servers",
                    rig.bootstrapServers(),
                    "compression.type",
                    "gzip",
                    "max.request.size",
                    16 * MEBI),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      var adapter = rig.adapter(OutboxConfig.DEFAULT, true);
      byte[] small = "key".getBytes(StandardCharsets.UTF_8);
      byte[] large = new byte[3 * MEBI];
      for (var record :
          List.of(
              poison(rig.topic(), small, large.length),
              poison(rig.topic(), large, 1),
              poison(rig.topic(), large, large.length),
              poison(rig.topic(), small, 1))) {
        var unused = producer.send(record).get(60, TimeUnit.SECONDS);
      }
      var found =
          new RecordReader(rig.bootstrapServers(), Duration.ofSeconds(60))
              .readUntil(records -> offsets(records).contains("3"), rig.topic() + ".dlq");
      assertThat(offsets(found)).containsExactlyInAnyOrder("0", "1", "2", "3");
      assertThat(found)
          .allSatisfy(one -> {
            assertThat(one.value()).asString(StandardCharsets.UTF_8).isEqualTo("poison");
            assertThat(OutboxRig.header(one, "error_class")).isEqualTo("POISON");
          });
      assertThat(found)
          .extracting(
              one -> OutboxRig.header(one, "__connect.errors.offset"),
              ConsumerRecord::key,
              one -> one.headers().lastHeader("theirs") == null,
              one -> OutboxRig.header(one, "ob_headers_omitted"),
              one -> OutboxRig.header(one, "ob_key_omitted"))
          .contains(
              tuple("0", "key", true, "too large", ""),
              tuple("1", null, false, "", "too large"),
              tuple("2", null, true, "too large", "too large"),
              tuple("3", "key", false, "", ""));
      assertThat(adapter.verticle().kafkaAnswers()).isTrue();
      assertThat(new Letters(adapter.channel()).open()).hasSize(4);
    }
  }

  private static Set<String> offsets(List<ConsumerRecord<String, byte[]>> records) {
    return records.stream()
        .map(one -> OutboxRig.header(one, "__connect.errors.offset"))
        .collect(Collectors.toSet());
  }
}
