// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue.EventType;
import dev.omnibridge.runtime.event.Catalogue.Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Catalogue catalogue = Catalogue.load();

  @Test
  void shouldGiveEveryTypeAStreamAReverseDnsNameAndDescribedFields() {
    assertThat(catalogue.events()).isNotEmpty();
    assertThat(catalogue.events())
        .allSatisfy(event -> {
          assertThat(event.type()).matches("dev\\.omnibridge\\.[a-z-]+\\.[a-z-]+\\.v[0-9]+");
          assertThat(catalogue.stream(event.stream()).kind()).isEqualTo(event.stream());
          assertThat(event.description()).isNotBlank();
          assertThat(event.fields()).isNotEmpty();
          assertThat(event.fields()).allSatisfy(f -> assertThat(f.description()).isNotBlank());
          assertThat(event.fields()).extracting(Field::name).doesNotHaveDuplicates();
          assertThat(event.searchable())
              .isSubsetOf(event.fields().stream().map(Field::name).toList());
        });
  }

  @Test
  void shouldNameTopicsAsKafkaAllowsThemAndGiveEachAKindOfStream() {
    assertThat(catalogue.topicsOf("dev"))
        .hasSameSizeAs(catalogue.topics())
        .allSatisfy((topic, kind) -> {
          assertThat(topic).matches("[a-z0-9._-]{1,249}");
          assertThat(catalogue.streams()).contains(kind);
        });
    assertThat(catalogue.topic("dev", "workflow"))
        .isEqualTo("dev.omninode-bridge.workflow.events.v1");
    assertThat(catalogue.topics())
        .allSatisfy(topic -> {
          assertThat(topic.partitions()).isBetween(1, 64);
          assertThat(topic.retentionDays()).isBetween(1, 365);
          assertThat(topic.cleanup()).isIn("delete", "compact");
          assertThat(topic.compression())
              .isIn("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd");
        });
  }

  @ParameterizedTest
  @CsvSource({"started, 7", "completed, 7", "failed, 30"})
  void shouldGiveTheEventsOfTestGenerationTheirThreeTopics(String what, int days) {
    var event = catalogue.event("dev.omnibridge.test-generation." + what + ".v1");
    var topic = catalogue.topicOf(event);
    assertThat(Catalogue.fullName("dev", topic.name()))
        .isEqualTo("dev.omninode-bridge.test-generation." + what + ".v1");
    assertThat(topic.partitions()).isEqualTo(3);
    assertThat(topic.retentionDays()).isEqualTo(days);
    assertThat(topic.cleanup()).isEqualTo("delete");
    assertThat(topic.compression()).isEqualTo("snappy");
    assertThat(topic.key()).isEqualTo(Key.CORRELATION_ID);
    assertThat(event.searchable()).contains("workflow_id");
  }

  @Test
  void shouldRefuseATypeItDoesNotList() {
    assertThatThrownBy(() -> catalogue.event("dev.omnibridge.none.such.v1"))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("UNKNOWN_EVENT_TYPE"));
  }

  @Test
  void shouldNameEveryFieldThatAPayloadLacksOrHasInAnotherType() throws Exception {
    String type = "dev.omnibridge.workflow.state-transition.v1";
    var payload =
        JSON.readTree(
            "{\"workflow_id\":\"w\",\"run_id\":7,\"from_state\":\"PENDING\",\"timestamp\":\"t\","
                + "\"mood\":1}");
    assertThat(catalogue.problems(type, payload))
        .containsExactlyInAnyOrder(
            type + ": run_id is not of type uuid",
            type + ": to_state is missing (string)",
            type + ": timestamp is not of type timestamp",
            type + ": there is no field mood");
  }

  @ParameterizedTest
  @CsvSource({
    "quality_score, 1.01, is out of its range",
    "quality_score, -0.01, is out of its range",
    "quality_score, '\"high\"', is not of type number",
    "test_coverage_estimate, 100.5, is out of its range",
    "file_count, -1, is out of its range",
    "file_count, 1.5, is not of type integer",
    "duration_seconds, -1, is out of its range",
    "generated_files, '[1]', has items that are not of type string",
    "correlation_id, null, is missing (uuid)",
  })
  void shouldHoldAPayloadToTheRanges(String field, String value, String problem) throws Exception {
    EventType completed = catalogue.event("dev.omnibridge.test-generation.completed.v1");
    ObjectNode payload = (ObjectNode) java.util.Objects.requireNonNull(completed.example());
    assertThat(completed.problems(payload)).isEmpty();
    payload = payload.deepCopy();
    payload.set(field, JSON.readTree(value));
    assertThat(completed.problems(payload))
        .containsExactly(completed.type() + ": " + field + " " + problem);
  }

  @Test
  void shouldGiveExamplesThatConform() {
    assertThat(catalogue.events())
        .filteredOn(event -> event.example() != null)
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(event ->
            assertThat(event.problems(java.util.Objects.requireNonNull(event.example())))
                .isEmpty());
  }
}
