// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.testgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Completed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Failed;
import dev.omnibridge.intelligence.testgen.TestGenerationEvent.Started;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TestGenerationEventTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Catalogue CATALOGUE = Catalogue.load();
  private static final UUID CORRELATION = UUID.fromString("7c0c5e4b-2d0a-4b53-9c60-0d1b7f2f6a11");
  private static final UUID WORKFLOW = UUID.fromString("0b9f4d0e-5a3c-4c0f-8a52-4a6f5e0c9d22");
  private static final Instant AT = Instant.parse("2025-10-30T12:00:00.123456Z");
  private static final String DIRECTORY = "./generated_nodes/postgres_crud_effect/tests";

  static Stream<TestGenerationEvent> events() throws Exception {
    var started =
        new Started(
            CORRELATION,
            WORKFLOW,
            AT,
            "postgres_crud_effect_tests",
            List.of("unit", "integration", "contract"),
            "NodePostgresCrudEffect",
            DIRECTORY);
    var completed =
        new Completed(
            CORRELATION,
            WORKFLOW,
            AT,
            List.of(DIRECTORY + "/test_unit.py", DIRECTORY + "/test_integration.py"),
            45.2,
            0.92,
            85.5,
            object("{\"unit_tests\":12,\"integration_tests\":8,\"total_assertions\":47}"));
    var failed =
        new Failed(
            CORRELATION,
            WORKFLOW,
            AT,
            "ValueError",
            "There is no such template",
            "at a line",
            "unit",
            List.of(DIRECTORY + "/test_unit.py"),
            object("{\"node_name\":\"NodePostgresCrudEffect\"}"));
    var sparse =
        Stream.of(
            new Completed(CORRELATION, null, AT, List.of(), 0, 0, null, object("{}")),
            new Failed(CORRELATION, null, AT, "E", "", null, null, List.of(), object("{}")));
    return Stream.concat(Stream.of(started, completed, failed), sparse);
  }

  private static ObjectNode object(String json) throws Exception {
    return (ObjectNode) JSON.readTree(json);
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldReadBackWhatItWroteAndConformToTheCatalogue(TestGenerationEvent event) {
    assertThat(CATALOGUE.problems(event.type(), event.payload())).isEmpty();
    assertThat(TestGenerationEvent.of(event.type(), event.payload())).isEqualTo(event);
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldWriteTheExampleOfTheCatalogueAsItIs(TestGenerationEvent event) {
    JsonNode example = Objects.requireNonNull(CATALOGUE.event(event.type()).example());
    assertThat(TestGenerationEvent.of(event.type(), example).payload()).isEqualTo(example);
  }

  @Test
  void shouldNameTheThreeTopics() throws Exception {
    assertThat(events().map(TestGenerationEvent::type).distinct())
        .extracting(type -> CATALOGUE.topicOf(CATALOGUE.event(type)).name())
        .containsExactly(
            "test-generation.started.v1",
            "test-generation.completed.v1",
            "test-generation.failed.v1");
  }

  @Test
  void shouldReadWhatOthersPublishWithMoreAndWithLess() throws Exception {
    String type = "dev.omnibridge.test-generation.failed.v1";
    var payload =
        object(
            "{\"correlation_id\":\"%s\",\"timestamp\":\"%s\",\"more\":1}"
                .formatted(CORRELATION, AT));
    assertThat(TestGenerationEvent.of(type, payload))
        .isEqualTo(new Failed(CORRELATION, null, AT, "", "", null, null, List.of(), object("{}")));
    for (String bad : List.of("{}", "{\"correlation_id\":\"x\",\"timestamp\":\"" + AT + "\"}")) {
      JsonNode nothing = object(bad);
      assertThatThrownBy(() -> TestGenerationEvent.of(type, nothing)).isInstanceOf(Fault.class);
    }
    assertThatThrownBy(() -> TestGenerationEvent.of("other", payload)).isInstanceOf(Fault.class);
  }
}
