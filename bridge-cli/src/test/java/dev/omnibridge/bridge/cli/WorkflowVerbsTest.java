// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.workflow.v1.ListWorkflowsResponse;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.FakeOrchestrator;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowVerbsTest {
  @TempDir private Path home = Path.of("");

  private final FakeOrchestrator suite;

  WorkflowVerbsTest() throws IOException {
    suite = new FakeOrchestrator();
  }

  @AfterEach
  void stop() {
    suite.close();
  }

  private TestSetting command() {
    return new TestSetting(home).with("OMNIBRIDGE_ADDRESS", suite.address());
  }

  private String definition() throws IOException {
    return Files.writeString(home.resolve("hello.yaml"), "document: {}").toString();
  }

  @Test
  void shouldKeepTheRequestIdOverItsRetries() throws Exception {
    suite.faults.add(Fault.unavailable("NOT_READY", "Not ready yet.", null));
    suite.faults.add(Fault.unavailable("NOT_READY", "Not ready yet.", null));
    var command = command();

    assertThat(command.run("submit", definition(), "--input", "{\"a\":1}")).isZero();
    assertThat(suite.submitted).hasSize(3);
    assertThat(suite.submitted.stream().map(request -> request.getRequestId()).distinct())
        .singleElement()
        .asString()
        .hasSize(36);
    assertThat(command.out())
        .isEqualTo("submitted w-1  run %s  RUNNING\n".formatted(FakeOrchestrator.RUN));
  }

  @Test
  void shouldReadTheInputFromAFile() throws Exception {
    Path input = Files.writeString(home.resolve("input.json"), "{\"name\":\"Ada\"}");

    assertThat(command().run("submit", definition(), "--input", "@" + input)).isZero();
    assertThat(suite.submitted.getFirst().getInput()).isEqualTo("{\"name\":\"Ada\"}");
  }

  @Test
  void shouldPrintTheResultWhenAskedToWait() throws Exception {
    var command = command();

    assertThat(command.run("submit", definition(), "--wait", "-o", "json")).isZero();
    var document = new ObjectMapper().readTree(command.out());
    assertThat(document.at("/state").asText()).isEqualTo("COMPLETED");
    assertThat(document.at("/output/greeting").asText()).isEqualTo("Hello");
  }

  @Test
  void shouldEndWithOneWhenTheWorkflowFailed() throws Exception {
    suite.state = WorkflowState.WORKFLOW_STATE_FAILED;
    var command = command();

    assertThat(command.run("submit", definition(), "--wait")).isEqualTo(1);
    assertThat(command.out())
        .contains("FAILED  w-1  after 1.23 s", "Expression (400) at /do/0/greet: null has no name");
  }

  @Test
  void shouldEndWithSevenWhenTheWorkflowTakesTooLong() throws Exception {
    suite.state = WorkflowState.WORKFLOW_STATE_RUNNING;
    var command = command();

    assertThat(command.run("submit", definition(), "--wait", "--timeout", "1ms")).isEqualTo(7);
    assertThat(command.err()).contains("has not ended within", "./bridge watch");
  }

  @Test
  void shouldFollowAWatchOnWhereItBroke() {
    suite.breaks.add(2L);
    suite.breaks.add(3L);
    var command = command();

    assertThat(command.run("watch", "w-1")).isZero();
    assertThat(command.out().lines())
        .extracting(line -> line.substring(0, 5).strip())
        .containsExactly("1", "2", "3", "4");
    assertThat(command.out())
        .contains("12:00:00.000  step-completed        /do/1/greet  completed");
  }

  @Test
  void shouldPrintOneJsonDocumentPerWatchedEvent() throws Exception {
    var command = command();

    assertThat(command.run("watch", "w-1", "--after", "2", "-o", "json")).isZero();
    var lines = command.out().lines().toList();
    assertThat(lines).hasSize(2);
    var event = new ObjectMapper().readTree(lines.getFirst());
    assertThat(event.at("/version").isIntegralNumber()).isTrue();
    assertThat(event.at("/body/payload/step_id").asText()).isEqualTo("/do/3/greet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "list -o json", "describe w-1", "watch w-1", "cancel --help"})
  void shouldEndWithOneWhenTheResultsCannotBeWritten(String line) {
    var command = command().onFullDisk();

    assertThat(command.run(line.split(" "))).isEqualTo(1);
    assertThat(command.err()).contains("The results cannot be written");
  }

  @Test
  void shouldTellScriptsThatTheResultsCannotBeWritten() throws Exception {
    var command = command().onFullDisk();

    assertThat(command.run("list", "-o", "json")).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(command.err()).at("/error/exitCode").asInt()).isOne();
  }

  @Test
  void shouldWatchNoLongerWhenNobodyReadsTheEvents() {
    var command = command().onFullDisk();

    assertThat(command.run("watch", "w-1")).isEqualTo(1);
    assertThat(command.out()).contains("/do/1/").doesNotContain("/do/2/");
  }

  @Test
  void shouldAskForPagesUntilTheLimitIsReached() {
    suite.pages.add(page("a", "next"));
    suite.pages.add(page("b", "more"));
    var command = command();

    assertThat(command.run("list", "--limit", "2", "--state", "completed")).isZero();
    assertThat(suite.listed)
        .extracting(request -> request.getPageToken())
        .containsExactly("", "next");
    assertThat(suite.listed).extracting(request -> request.getPageSize()).containsExactly(2, 1);
    assertThat(suite.listed.getFirst().getStatesList())
        .containsExactly(WorkflowState.WORKFLOW_STATE_COMPLETED);
    assertThat(command.out().lines())
        .containsExactly(
            "WORKFLOW ID  STATE      TYPE            NAMESPACE  SUBMITTED              TOOK  STEPS  DEGRADED",
            "a            COMPLETED  examples/hello  default    2026-11-21 12:00:00  1.23 s      2         0",
            "b            COMPLETED  examples/hello  default    2026-11-21 12:00:00  1.23 s      2         0");
    assertThat(command.err()).contains("the same again but with --page-token more\n");
  }

  private static ListWorkflowsResponse page(String id, String token) {
    return ListWorkflowsResponse.newBuilder()
        .addWorkflows(FakeOrchestrator.workflow(id, WorkflowState.WORKFLOW_STATE_COMPLETED))
        .setNextPageToken(token)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID, 2",
    "NOT_FOUND, 5",
    "EXISTS, 6",
    "REFUSED, 6",
    "CONFLICT, 6",
    "EXHAUSTED, 6",
    "TIMEOUT, 7",
    "BROKEN, 1"
  })
  void shouldEndWithTheCodeThatFitsTheFault(Kind kind, int code) {
    suite.faults.add(Fault.of(kind, "SOME_REASON", "What went wrong.").with("fact", 7));
    var command = command();

    assertThat(command.run("list")).isEqualTo(code);
    assertThat(command.err()).isEqualTo("bridge: What went wrong.\n");
  }

  @Test
  void shouldTellReasonAndFactsOfAFaultToScripts() throws Exception {
    suite.faults.add(Fault.of(Kind.REFUSED, "WORKFLOW_FINISHED", "It has ended.").with("fact", 7));
    var command = command();

    assertThat(command.run("list", "-o", "json")).isEqualTo(6);
    var error = new ObjectMapper().readTree(command.err()).path("error");
    assertThat(error.path("reason").asText()).isEqualTo("WORKFLOW_FINISHED");
    assertThat(error.path("facts").path("fact").asText()).isEqualTo("7");
  }

  @Test
  void shouldNameTheServiceThatIsNotOffered() {
    var command = command();

    assertThat(command.run("state", "default")).isEqualTo(4);
    assertThat(command.err())
        .contains(suite.address() + " does not offer omnibridge.state.v1.StateService")
        .contains("name the reducer with REDUCER_ADDRESS");
  }
}
