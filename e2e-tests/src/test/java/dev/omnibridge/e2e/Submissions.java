// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WaitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.api.workflow.v1.WorkflowKey;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * Submissions of the demo's kind: files in the content store, stamped and analysed by reference.
 */
final class Submissions {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Submissions() {}

  /** The definition that the demo submits. */
  static String stampAndAnalyze() {
    try {
      return Files.readString(Path.of("..", "examples", "stamp-and-analyze.yaml"));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  /** A Java file of one class with one method. */
  static String javaClass(String name) {
    return "class %s { int f() { return 1; } }\n".formatted(name);
  }

  /** One call of stamp, the smallest workflow that reaches every part. */
  static String stampOne() {
    return """
    document:
      dsl: 1.0.0
      namespace: stories
      name: stamp-one
      version: 1.0.0
    do:
      - stamp:
          call: stamp
          with:
            content: ${ .text }
            path: ${ .path }
    """;
  }

  /** One call of analyze, which a workflow can do without. */
  static String analyzeOne() {
    return """
    document:
      dsl: 1.0.0
      namespace: stories
      name: analyze-one
      version: 1.0.0
    do:
      - analyze:
          call: analyze
          with:
            content: ${ .text }
            path: ${ .path }
    """;
  }

  /** As many calls of analyze, one after the other, as the input says. */
  static String analyzeMany() {
    return """
    document:
      dsl: 1.0.0
      namespace: stories
      name: analyze-many
      version: 1.0.0
    do:
      - each:
          for:
            in: ${ [range(0; .count)] }
          do:
            - analyze:
                call: analyze
                with:
                  content: ${ "class C" + ($item | tostring) + " {}" }
                  path: ${ "C" + ($item | tostring) + ".java" }
    """;
  }

  /** A submission with fresh ids in a namespace. */
  static SubmitWorkflowRequest.Builder of(String namespace, String definition, Object input) {
    try {
      return SubmitWorkflowRequest.newBuilder()
          .setNamespace(namespace)
          .setRequestId(UUID.randomUUID().toString())
          .setDefinition(definition)
          .setInput(JSON.writeValueAsString(input));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The input of {@link #stampAndAnalyze} with so many small files, stored for it. */
  static Map<String, Object> files(Stack stack, String name, int count) throws Exception {
    List<Map<String, Object>> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes =
          "/** File %s-%d. */\nclass F%d { int value() { return %d; } }\n"
              .formatted(name, i, i, i)
              .getBytes(StandardCharsets.UTF_8);
      files.add(
          Map.of(
              "path",
              "src/" + name + "/F" + i + ".java",
              "contentHash",
              stack.put(bytes),
              "size",
              bytes.length));
    }
    return new HashMap<>(Map.of("files", files));
  }

  /**
   * Submits as a client does who is told to try again: the same request, until somebody takes it.
   */
  static SubmitWorkflowResponse accepted(Stack stack, SubmitWorkflowRequest request) {
    return Awaitility.await()
        .atMost(Stack.LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsMatching(
            failure -> Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE)
        .until(() -> stack.workflows().submitWorkflow(request), _ -> true);
  }

  /** Waits until a run has ended. */
  static Workflow await(Stack stack, Workflow submitted) {
    var answer =
        stack
            .workflows()
            .waitWorkflow(
                WaitWorkflowRequest.newBuilder()
                    .setKey(
                        WorkflowKey.newBuilder()
                            .setNamespace(submitted.getNamespace())
                            .setId(submitted.getRunId()))
                    .build());
    if (!answer.getFinished()) {
      throw new AssertionError("not finished in time: " + answer.getWorkflow());
    }
    return answer.getWorkflow();
  }
}
