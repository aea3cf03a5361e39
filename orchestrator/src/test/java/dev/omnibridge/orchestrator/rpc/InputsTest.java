// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputsTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "\"\\ud83d\" => \"\ufffd\"",
        "\"\\udc00\\ud83d\" => \"\ufffd\ufffd\"",
        "\"a\\ud83d\\ude00b\" => \"a😀b\"",
        "{\"\\ud83d\":[{\"x\":\"\\udc00\"}]} => {\"\ufffd\":[{\"x\":\"\ufffd\"}]}",
        "{\"a\":\"\\u0000\",\"\\u0000\":1} => {\"a\":\"\\u0000\",\"\\u0000\":1}",
      })
  void shouldTakeEveryTextInAFormThatSurvivesTheLog(String given, String taken) {
    var request = SubmitWorkflowRequest.newBuilder().setInput(given).build();
    JsonNode input = Inputs.submission(request, () -> "id").input();
    assertThat(input.toString()).isEqualTo(taken);
    byte[] stored = input.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(new String(stored, StandardCharsets.UTF_8)).isEqualTo(taken);
  }
}
