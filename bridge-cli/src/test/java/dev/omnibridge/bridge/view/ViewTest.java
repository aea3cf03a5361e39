// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.state.v1.BridgeState;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.FakeOrchestrator;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewTest {
  @Test
  void shouldAlignTextToTheLeftAndNumbersToTheRightWhateverTheColour() {
    var table = new Table(new Palette(true), "NAME", ">COUNT", "END");
    table.row("é", 7, new Table.Cell("x", text -> "\033[1m" + text + "\033[0m"));
    table.row("longer", 1234, "y");

    assertThat(table.lines().stream().map(line -> line.replaceAll("\033\\[\\d+m", "")))
        .containsExactly("NAME    COUNT  END", "é           7  x", "longer   1234  y");
  }

  @ParameterizedTest
  @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "1048576, 1.0 MiB", "1610612736, 1.5 GiB"})
  void shouldWriteSizesForPeople(long size, String text) {
    assertThat(Amounts.bytes(size)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"7, 7 ms", "1234, 1.23 s", "61000, 1 min 1 s", "7260000, 2 h 1 min"})
  void shouldWriteSpansForPeople(long millis, String text) {
    assertThat(Amounts.span(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @Test
  void shouldTellRateAndTimeLeft() {
    assertThat(Progress.pace(50, 200, Duration.ofSeconds(5))).isEqualTo("  10/s, 15.00 s left");
    assertThat(Progress.pace(0, 200, Duration.ofSeconds(5))).isEmpty();
    assertThat(Progress.pace(200, 200, Duration.ofSeconds(5))).isEqualTo("  40/s");
  }

  @Test
  void shouldWriteNumbersAsNumbersAndJsonAsJson() {
    Workflow workflow =
        FakeOrchestrator.workflow("w", WorkflowState.WORKFLOW_STATE_COMPLETED).toBuilder()
            .putLabels("k", "v")
            .build();

    assertThat(ProtoJson.of(workflow).toString())
        .contains("\"state\":\"COMPLETED\"")
        .contains("\"version\":3")
        .contains("\"output\":{\"greeting\":\"Hello\"}")
        .contains("\"createTime\":\"2026-11-21T12:00:00Z\"")
        .contains("\"labels\":{\"k\":\"v\"}")
        .contains("\"stepsDegraded\":0")
        .doesNotContain("\"error\"");
  }

  @Test
  void shouldWriteMapsSpansAndTextsThatAreNoJson() {
    var state =
        BridgeState.newBuilder()
            .putFileTypes("java", 7)
            .setMeanWorkflowDuration(Durations.fromMillis(1500))
            .build();

    assertThat(ProtoJson.of(state).toString())
        .contains("\"fileTypes\":{\"java\":7}", "\"meanWorkflowDuration\":\"1.500s\"");
    assertThat(ProtoJson.of(Stamp.newBuilder().setMetadata("not json").build()).path("metadata"))
        .hasToString("\"not json\"");
  }

  @ParameterizedTest
  @CsvSource({
    "dev.omnibridge.workflow.step-completed.v1, step-completed",
    "com.example.Thing, Thing",
    "v1, v1",
    "., .",
    ".., ..",
    "a., a"
  })
  void shouldShortenTypesOfEvents(String type, String shortType) {
    assertThat(EventLine.shortType(type)).isEqualTo(shortType);
  }

  @Test
  void shouldSumUpAnEventInOneLine() {
    assertThat(EventLine.summary(FakeOrchestrator.event(3))).isEqualTo("/do/3/greet  completed");
    var hostile =
        FakeOrchestrator.event(3).toBuilder()
            .setBody(ByteString.copyFromUtf8("{\"payload\":{\"step_id\":\"a\\u001b[2J\\nb\"}}"))
            .build();
    assertThat(EventLine.summary(hostile)).isEqualTo("a\\x1b[2J\\x0ab");
  }

  @Test
  void shouldWriteTheSameJsonWithoutControlCharacters() throws IOException {
    String text = "é\u007f\u009b2J\ud83d\ude00";
    var mapper = new ObjectMapper();

    String shown = OneLine.ofJson(mapper.writeValueAsString(text));

    assertThat(shown).isEqualTo("\"é\\u007f\\u009b2J\ud83d\ude00\"");
    assertThat(mapper.readValue(shown, String.class)).isEqualTo(text);
  }
}
