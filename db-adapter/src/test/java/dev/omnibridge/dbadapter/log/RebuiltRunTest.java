// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.WorkflowRow;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RebuiltRunTest {
  private static final String TYPE = "dev.omnibridge.workflow.";
  private static final Timestamp NOON = Timestamp.newBuilder().setSeconds(43_200).build();
  private static final Timestamp LATER = Timestamp.newBuilder().setSeconds(43_260).build();
  private static final String STARTED =
      """
      {"namespace": "shop", "workflow_id": "order-7", "run_id": "r", "workflow_type": "shop/order",
       "definition_hash": "ab", "state": "PENDING", "labels": {"b": "2", "a": "1"},
       "input": {"z": [1, {"y": 1.50, "x": null}], "a": "x"}}
      """;

  private final RebuiltRun run = new RebuiltRun(null);
  private long version;

  private RebuiltRunTest then(String type, Timestamp at, String payload) throws Exception {
    JsonNode node = new ObjectMapper().readTree(payload);
    run.apply(TYPE + type, ++version, at, node);
    return this;
  }

  @Test
  void shouldShowAFinishedRunAsItEnded() throws Exception {
    then("started.v1", NOON, STARTED)
        .then("state-transition.v1", NOON, "{\"to_state\": \"RUNNING\"}")
        .then("step-completed.v1", NOON, "{\"status\": \"degraded\"}")
        .then("step-completed.v1", NOON, "{\"status\": \"completed\"}")
        .then("state-transition.v1", LATER, "{\"to_state\": \"COMPLETED\"}")
        .then("completed.v1", LATER, "{\"output\": {\"total\": 3}}");

    assertThat(run.row())
        .contains(
            WorkflowRow.newBuilder()
                .setNamespace("shop")
                .setWorkflowId("order-7")
                .setRunId("r")
                .setWorkflowType("shop/order")
                .setDefinitionHash("ab")
                .setState("COMPLETED")
                .setFinished(true)
                .setStartedAt(NOON)
                .setCompletedAt(LATER)
                .setStepsExecuted(2)
                .setStepsDegraded(1)
                .setVersion(6)
                .setMetadata(utf8("{\"b\":\"2\",\"a\":\"1\"}"))
                .setOutput(utf8("{\"total\":3}"))
                .build());
  }

  @Test
  void shouldClaimTheWorkflowIdAsTheSubmissionDid() throws Exception {
    then("started.v1", NOON, STARTED);

    var claim = run.claim().orElseThrow();
    assertThat(claim.getInputHash())
        .isEqualTo(hash("{\"a\":\"x\",\"z\":[1,{\"x\":null,\"y\":1.5}]}"));
    assertThat(claim.getLabelsHash()).isEqualTo(hash("{a=1, b=2}"));
  }

  @Test
  void shouldMakeAnUnfinishedRunDueAtOnceAndKeepWhatItsRowHad() throws Exception {
    var known =
        new RebuiltRun(
            WorkflowRow.newBuilder().setRunId("r").setState("RUNNING").setStepsExecuted(4).build());
    known.apply(
        TYPE + "step-completed.v1", 9, NOON, new ObjectMapper().readTree("{\"status\": \"x\"}"));

    WorkflowRow row = known.row().orElseThrow();
    assertThat(row.hasDueIn()).isTrue();
    assertThat(row.getStepsExecuted()).isEqualTo(5);
    assertThat(row.getVersion()).isEqualTo(9);
    assertThat(known.claim()).isEmpty();
  }

  @Test
  void shouldShowNothingOfARunWhoseBeginningIsUnknown() throws Exception {
    then("completed.v1", NOON, "{}");
    assertThat(run.row()).isEmpty();
  }

  private static com.google.protobuf.ByteString utf8(String text) {
    return com.google.protobuf.ByteString.copyFromUtf8(text);
  }

  private static String hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
