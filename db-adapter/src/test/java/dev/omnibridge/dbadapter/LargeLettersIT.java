// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.RecordReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
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
}
