// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.TestSetting;
import dev.omnibridge.embedded.EmbeddedServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole suite in this process, asked by the command as a user would. */
class SuiteIT {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final String UNKNOWN_HASH = "0".repeat(64);

  @TempDir private static Path data = Path.of("");
  private static Suite suite;

  @BeforeAll
  static void start() {
    suite = Suite.start(SuiteOptions.in(data).withFsync(false));
  }

  @AfterAll
  static void stop() {
    suite.close();
  }

  private static TestSetting command() {
    return new TestSetting(Path.of("..").toAbsolutePath())
        .with("OMNIBRIDGE_ADDRESS", suite.address())
        .with("OMNIBRIDGE_DATA", data.toString());
  }

  private static JsonNode json(String... arguments) throws IOException {
    var command = command();
    assertThat(command.run(arguments)).as(command.err()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  private static String hello() {
    return EXAMPLES.resolve("hello.yaml").toString();
  }

  @Test
  void shouldRunAWorkflowAndShowItEverywhere() throws IOException {
    var run =
        json(
            "submit",
            hello(),
            "--id",
            "ada",
            "--input",
            "{\"name\":\"Ada\"}",
            "--wait",
            "-o",
            "json");
    assertThat(run.at("/state").asText()).isEqualTo("COMPLETED");
    assertThat(run.at("/output/greeting").asText()).isEqualTo("Hello, Ada!");

    assertThat(json("describe", "ada", "-o", "json").at("/workflow/runId"))
        .isEqualTo(run.get("runId"));
    assertThat(json("list", "--type", "examples/hello", "-o", "json").at("/workflows"))
        .anySatisfy(one -> assertThat(one.get("workflowId").asText()).isEqualTo("ada"));
    var history = json("history", run.get("runId").asText(), "-o", "json").get("events");
    assertThat(history.get(0).get("type").asText()).isEqualTo("dev.omnibridge.workflow.started.v1");
    assertThat(history.get(history.size() - 1).get("type").asText())
        .isEqualTo("dev.omnibridge.workflow.completed.v1");
    assertThat(
            json("events", "--correlation", run.get("correlationId").asText(), "-o", "json")
                .get("events"))
        .hasSize(history.size());
    var trace = json("trace", "--workflow", "ada", "-o", "json").get("events");
    assertThat(trace).hasSize(history.size());
    assertThat(trace.at("/0/link").asText()).isEqualTo("ROOT");
    var export = command();
    assertThat(
            export.run(
                "export",
                "--from",
                "1h",
                "--field",
                "workflow_id=ada",
                "--type",
                "dev.omnibridge.workflow.completed.v1"))
        .as(export.err())
        .isZero();
    assertThat(export.out().lines()).hasSize(1);
    var watch = command();
    assertThat(watch.run("watch", "ada")).isZero();
    assertThat(watch.out().lines()).hasSize(history.size());
  }

  @Test
  void shouldTellHowFarKafkaHasTheLogAndSendEventsAgain() throws IOException {
    var kafka = suite.awaitKafka(Duration.ofSeconds(60));
    assertThat(kafka.isRunning()).isTrue();
    var run = json("submit", hello(), "--input", "{\"name\":\"Ada\"}", "--wait", "-o", "json");
    var status = json("outbox", "status", "-o", "json");
    assertThat(status.at("/lanes")).hasSize(6);
    assertThat(status.at("/dependencies/0/name").asText()).isEqualTo("kafka");
    String stream = "workflow/default/" + run.get("runId").asText();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(
                    json("outbox", "republish", "--stream", stream, "--dry-run", "-o", "json")
                        .get("events")
                        .asLong())
                .isGreaterThan(3));
    var sent = command();
    assertThat(sent.run("outbox", "republish", "--stream", stream)).as(sent.err()).isZero();
    assertThat(sent.out()).contains("workflow.events.v1").contains("were sent again");
    var shown = command();
    assertThat(shown.run("outbox", "status")).isZero();
    assertThat(shown.out()).contains("dead letters").contains("postgresql  is called");
  }

  @Test
  void shouldStampAFileOnceAndFindItByItsHash() throws IOException {
    Path file = Files.writeString(data.resolve("a.txt"), "hello\n");

    var first = json("stamp", file.toString(), "-o", "json").at("/stamps/0");
    var second = json("stamp", file.toString(), "-o", "json").at("/stamps/0");

    assertThat(first.get("existed").asBoolean()).isFalse();
    assertThat(second.get("existed").asBoolean()).isTrue();
    assertThat(second.at("/stamp/stampId")).isEqualTo(first.at("/stamp/stampId"));
    String hash = first.at("/stamp/fileHash").asText();
    assertThat(json("stamp", "--hash", hash, "-o", "json").at("/stamps/0/stamp/stampId"))
        .isEqualTo(first.at("/stamp/stampId"));
  }

  @Test
  void shouldDoTheDemosJobOnAFewFilesAndProveIt() throws IOException {
    var kafka = suite.awaitKafka(Duration.ofSeconds(60));
    assertThat(kafka.isRunning()).isTrue();

    var result = json("demo", "--dir", EXAMPLES.toString(), "--limit", "5", "-o", "json");

    assertThat(result.get("proved").asBoolean()).isTrue();
    assertThat(result.at("/totals/files")).isEqualTo(result.at("/files/count"));
    assertThat(result.get("checks"))
        .allSatisfy(check -> assertThat(check.get("outcome").asText()).isEqualTo("PROVED"));
    assertThat(json("state", "default", "-o", "json").get("workflowsCompleted").asLong())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          describe nobody                                    | 5 | nobody
          watch nobody                                       | 5 | nobody
          cancel nobody                                      | 5 | nobody
          state nowhere                                      | 5 | nowhere
          stamp --hash 123                                   | 2 | 64
          list --page-token bad                              | 2 | page token
          events --since 1h --page-token bad                 | 2 | page token
          dead-letters show 999                              | 5 | dead letter 999
          dead-letters list --page-token bad                 | 2 | page token
          dead-letters discard 999                           | 2 | why
          """)
  void shouldTellBadInputInOneSentence(String line, int code, String part) {
    var command = command();

    assertThat(command.run(line.split(" "))).as(command.err()).isEqualTo(code);
    assertThat(command.err()).startsWith("bridge: ").containsIgnoringCase(part);
    assertThat(command.err().lines()).hasSize(1);
  }

  @Test
  void shouldTellThatAHashHasNoStamp() {
    var command = command();

    assertThat(command.run("stamp", "--hash", UNKNOWN_HASH)).isEqualTo(5);
    assertThat(command.err()).startsWith("bridge: ");
  }

  private static Stream<Arguments> badSubmissions() {
    return Stream.of(
        Arguments.of("document: [", "{}"),
        Arguments.of("document: {}", "{}"),
        Arguments.of(definition("call: nobody"), "{}"),
        Arguments.of(definition("set: { y: '${ .a | }' }"), "{}"),
        Arguments.of(definition("set: { y: 1 }"), "{\"a\""));
  }

  private static String definition(String task) {
    return """
    document: { dsl: 1.0.0, namespace: a, name: b, version: 1.0.0 }
    do:
      - x:
          %s
    """
        .formatted(task);
  }

  @ParameterizedTest
  @MethodSource("badSubmissions")
  void shouldRefuseWhatIsNoWorkflowAndLeaveNothing(String definition, String input)
      throws IOException {
    Path file = Files.writeString(data.resolve("bad.yaml"), definition);
    var command = command();

    assertThat(command.run("submit", file.toString(), "--id", "bad", "--input", input))
        .as(command.err())
        .isEqualTo(2);
    assertThat(command.err()).startsWith("bridge: ");
    assertThat(command().run("describe", "bad")).isEqualTo(5);
  }

  @Test
  void shouldRefuseARequestIdThatIsUsedTwiceForDifferentThings() throws IOException {
    var first =
        json("submit", hello(), "--request-id", "r-1", "--input", "{\"name\":\"A\"}", "-o", "json");
    var same =
        json("submit", hello(), "--request-id", "r-1", "--input", "{\"name\":\"A\"}", "-o", "json");
    var command = command();

    assertThat(same.get("runId")).isEqualTo(first.get("runId"));
    assertThat(same.get("existed").asBoolean()).isTrue();
    assertThat(command.run("submit", hello(), "--request-id", "r-1", "--input", "{\"name\":\"B\"}"))
        .isEqualTo(6);
    assertThat(command.err()).contains("input");
  }

  @Test
  void shouldRefuseASecondSuiteOnTheSameDirectory() {
    assertThatThrownBy(() -> Suite.start(SuiteOptions.in(data)))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("in use");
    assertThat(RunFile.ofRunning(data)).isPresent();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void shouldFindEverythingAgainAfterAStop(@TempDir Path other) throws IOException {
    String address;
    try (Suite first = Suite.start(SuiteOptions.in(other))) {
      address = first.address();
      var command = new TestSetting(other).with("OMNIBRIDGE_ADDRESS", address);
      assertThat(command.run("submit", hello(), "--id", "kept", "--wait"))
          .as(command.err())
          .isZero();
    }
    assertThat(RunFile.ofRunning(other)).isEmpty();

    try (Suite second = Suite.start(SuiteOptions.in(other))) {
      var command = new TestSetting(other).with("OMNIBRIDGE_ADDRESS", second.address());
      assertThat(command.run("describe", "kept")).as(command.err()).isZero();
      assertThat(command.out()).contains("COMPLETED");
    }
  }
}
