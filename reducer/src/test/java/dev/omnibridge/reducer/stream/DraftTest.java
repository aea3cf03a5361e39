// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.reducer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.reducer.fold.BridgeJson;
import dev.omnibridge.reducer.fold.BridgeState;
import dev.omnibridge.reducer.fold.Fact;
import dev.omnibridge.reducer.fold.Fact.Moved;
import dev.omnibridge.reducer.fold.Fact.Started;
import dev.omnibridge.reducer.fold.Heard;
import dev.omnibridge.reducer.fold.StreamKey;
import dev.omnibridge.reducer.fold.Windows;
import dev.omnibridge.runtime.rpc.MessageRules;
import dev.omnibridge.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a draft may hold fits what the log takes: its rules, and a message between processes. */
class DraftTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final int MOST_EVENTS = 5_000;

  /** What a draft is full at, and the namespace that it went beyond that with. */
  private static final int MOST_BYTES = 5 << 19;

  /** The most windows that can be configured. */
  private static final Windows.Shape MANY =
      new Windows.Shape(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(600));

  private final Seeds seeds = Seeds.fromProperty();
  private final RandomGenerator random = seeds.random("draft");
  private final Appends appends = new Appends(InstantSource.fixed(NOON), random);

  @ParameterizedTest
  @ValueSource(strings = {"字", "x", "\"", "\u0001"})
  void shouldWriteAStateThatTheLogTakesWhateverTypesFilesHave(String letter) {
    var state = BridgeState.none("n".repeat(255), MANY);
    for (int number = 0; number < 12_000; ) {
      var draft = new Draft(known(state));
      for (; number < 12_000 && !draft.full(); number++) {
        draft.fold(stamped(state.namespace(), number, letter.repeat(94) + (100_000 + number)));
      }
      taken(draft);
      state = draft.bridges().get(state.namespace());
    }
    assertThat(state.counters().stamps()).isEqualTo(12_000);
    assertThat(state.fileTypes().values().stream().mapToLong(n -> n).sum()).isEqualTo(12_000);
  }

  @Test
  void shouldGoOnWithAStateThatWasWrittenUpToTheLimit() {
    ObjectNode json = json("字".repeat(94), 3_400);
    assertThat(json.toString().getBytes(UTF_8).length).isBetween(1_000_000, 1 << 20);
    var draft = new Draft(known(BridgeJson.read("default", 1, json, MANY)));
    draft.fold(stamped("default", 1, "text/new"));
    taken(draft);
  }

  @Test
  void shouldFitAMessageWhateverStatesItTouches() {
    for (int round = 0; round < 10; round++) {
      var stored = List.of(json("t".repeat(94), 8_500), json("x/", 1_000), json("", 0));
      var known = new Known(new HashMap<>(), new HashMap<>());
      var draft = new Draft(known);
      int namespaces = random.nextInt(1, 600);
      for (int i = 0; i < MOST_EVENTS && !draft.full(); i++) {
        int number = random.nextInt(namespaces);
        known
            .bridges()
            .computeIfAbsent(
                namespace(number),
                name -> BridgeJson.read(name, 1, stored.get(number % stored.size()), MANY));
        draft.fold(event(namespace(number), i));
      }
      taken(draft);
    }
  }

  private static String namespace(int number) {
    return "n".repeat(250) + number;
  }

  /** Of a new stream whose name is as long as one may be. */
  private Heard event(String namespace, int number) {
    String id = "字".repeat(500) + number;
    return switch (random.nextInt(3)) {
      case 0 -> stamped(namespace, number, "text/" + "x".repeat(90) + number % 10_000);
      case 1 -> new Heard(new StreamKey("workflow", namespace, id), 1, NOON, new Started());
      default ->
          new Heard(
              new StreamKey("workflow", namespace, id), 1, NOON, new Moved("PENDING", "RUNNING"));
    };
  }

  private Heard stamped(String namespace, int number, String contentType) {
    var payload = JsonNodeFactory.instance.objectNode().put("content_type", contentType);
    var fact = Fact.of("dev.omnibridge.metadata.stamp-created.v1", payload);
    return new Heard(
        new StreamKey("stamp", namespace, "%064x".formatted(number)),
        1,
        NOON.plusSeconds(random.nextInt(600)),
        fact);
  }

  /** As written before the number of types and their letters had a limit that fits. */
  private static ObjectNode json(String prefix, int count) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("schema", 1);
    ObjectNode types = json.putObject("file_types");
    for (int i = 0; i < count; i++) {
      types.put(prefix + (100_000 + i), 1_000_000_000_000L + i);
    }
    return json;
  }

  private static Known known(BridgeState state) {
    var known = new Known(new HashMap<>(), new HashMap<>());
    known.bridges().put(state.namespace(), state);
    return known;
  }

  private void taken(Draft draft) {
    AppendRequest request = appends.commit(draft, draft.bridges(), List.of());
    assertThat(request.getSerializedSize()).as(seeds.hint()).isLessThanOrEqualTo(MOST_BYTES);
    new MessageRules().check(request);
  }
}
