// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * What the clients submit: workflows of five kinds, each with contents that nobody else has. They
 * ask for retries as long as it takes, as a user does who knows that services come and go.
 */
enum Orders {
  STAMP_AND_ANALYZE("COMPLETED", 1, 1, 0),
  STAMP_EACH("COMPLETED", 3, 0, 0),
  EMIT("COMPLETED", 0, 0, 1),
  RAISE("FAILED", 1, 0, 0),
  /** By two clients at once, under one workflow id. */
  TWICE_AT_ONCE("COMPLETED", 1, 0, 0);

  /** Type of what is emitted. */
  static final String EMITTED = "org.example.chaos.told.v1";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NAMESPACES = 3;
  private static final String HEAD =
      """
      document: {dsl: 1.0.0, namespace: chaos, name: %s, version: 1.0.0}
      do:
      """;
  private static final String STAMP =
      """
        - patiently:
            try:
              - stamp: {call: stamp, with: {content: "${ .texts[0] }", path: "${ .path }"}}
            catch:
              retry: {delay: {milliseconds: 500}, limit: {attempt: {count: 5000}}}
      """;

  private final String end;
  private final int stamps;
  private final int otherCalls;
  private final int emits;

  Orders(String end, int stamps, int otherCalls, int emits) {
    this.end = end;
    this.stamps = stamps;
    this.otherCalls = otherCalls;
    this.emits = emits;
  }

  private String definition() {
    String head = HEAD.formatted(name().toLowerCase(Locale.ROOT).replace('_', '-'));
    return head
        + switch (this) {
          case STAMP_AND_ANALYZE ->
              """
                - keep: {set: {texts: "${ .texts }", path: "${ .path }"}}
                - patiently:
                    try:
                      - stamp: {call: stamp, with: {content: "${ .texts[0] }", path: "${ .path }"}}
                    catch:
                      retry: {delay: {milliseconds: 500}, limit: {attempt: {count: 5000}}}
                - look: {call: analyze, with: {content: "class A {}", path: A.java}}
              """;
          case STAMP_EACH ->
              """
                - each:
                    for: {in: "${ .texts }", each: text}
                    do:
                      - patiently:
                          try:
                            - stamp: {call: stamp, with: {content: "${ $text }", path: each.txt}}
                          catch:
                            retry: {delay: {milliseconds: 500}, limit: {attempt: {count: 5000}}}
              """;
          case EMIT ->
              """
                - note: {set: {seen: "${ .path }"}}
                - tell: {emit: {event: {with: {source: https://example.org/chaos, type: org.example.chaos.told.v1, data: {seen: "${ .seen }"}}}}}
              """;
          case TWICE_AT_ONCE -> STAMP;
          case RAISE ->
              STAMP
                  + """
                    - fail: {raise: {error: {type: https://example.org/chaos/meant, status: 500, title: Meant}}}
                  """;
        };
  }

  /**
   * A submission of this kind, and what is claimed for it as long as nobody has answered.
   *
   * @param requests one for each client that submits it
   */
  record Order(List<SubmitWorkflowRequest> requests, Claims.Submission claim) {}

  /** One of the kind whose turn it is, with ids of its own. */
  static Order inTurn(int turn, Random random) {
    return values()[turn % values().length].order(random);
  }

  private Order order(Random random) {
    String namespace = "chaos-" + random.nextInt(NAMESPACES);
    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    List<String> texts =
        IntStream.range(0, stamps).mapToObj(i -> "Text %d of %s.\n".formatted(i, id)).toList();
    var request =
        SubmitWorkflowRequest.newBuilder()
            .setNamespace(namespace)
            .setRequestId(id)
            .putLabels("order", id)
            .setDefinition(definition())
            .setInput(json(Map.of("texts", texts, "path", id + ".txt")));
    var requests = new ArrayList<SubmitWorkflowRequest>();
    if (this == TWICE_AT_ONCE) {
      request.setWorkflowId("twice-" + id);
      requests.add(request.build());
      request.setRequestId(id + "-other");
    }
    requests.add(request.build());
    var claim =
        new Claims.Submission(
            namespace,
            id,
            requests.stream().map(SubmitWorkflowRequest::getRequestId).toList(),
            new Claims.Due(
                name(), end, stamps + otherCalls, emits, texts.stream().map(Orders::hash).toList()),
            List.of(),
            null);
    return new Order(List.copyOf(requests), claim);
  }

  static String hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
