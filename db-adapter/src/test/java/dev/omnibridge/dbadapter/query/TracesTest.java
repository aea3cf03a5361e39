// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.TracedEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class TracesTest {

  private static RecordedEvent event(String id, String stream, String cause, String payload) {
    String[] parts = stream.split("/", -1);
    return RecordedEvent.newBuilder()
        .setEventId(id)
        .setCausationId(cause)
        .setStream(
            StreamName.newBuilder().setKind(parts[0]).setNamespace("default").setId(parts[1]))
        .setOccurredAt(Timestamp.newBuilder().setSeconds(id.charAt(0)))
        .setBody(ByteString.copyFromUtf8("{\"payload\":" + payload + "}"))
        .build();
  }

  private static RecordedEvent event(String id, String stream) {
    return event(id, stream, "", "{}");
  }

  /** One line per event: how deep, which, how linked, to the last moment below. */
  private static List<String> tree(RecordedEvent... events) {
    return Traces.tree(Arrays.asList(events)).stream().map(TracesTest::line).toList();
  }

  private static String line(TracedEvent node) {
    return "%s%s %s -%c"
        .formatted(
            " ".repeat(node.getDepth()),
            node.getEvent().getEventId(),
            node.getLink().name().substring("TRACE_LINK_".length()),
            (char) node.getLastOccurredAt().getSeconds());
  }

  @Test
  void shouldHangARunsEventsAndWhatItCausedBelowItsFirstEvent() {
    assertThat(
            tree(
                event("a", "workflow/r1"),
                event("b", "workflow/r1"),
                event("c", "stamp/s"),
                event("d", "stamp/s"),
                event("e", "workflow/r1")))
        .containsExactly("a ROOT -e", " b STREAM -b", " c RUN -d", "  d STREAM -d", " e STREAM -e");
  }

  @Test
  void shouldBelieveACauseBeforeAnythingElse() {
    assertThat(
            tree(
                event("a", "workflow/r1"),
                event("b", "workflow/r1"),
                event("c", "workflow/r2", "b", "{}"),
                event("d", "workflow/r2"),
                event("e", "analysis/x", "d", "{}")))
        .containsExactly(
            "a ROOT -e", " b STREAM -e", "  c CAUSE -e", "   d STREAM -e", "    e CAUSE -e");
  }

  @Test
  void shouldFindTheRunThatAPayloadNamesAmongSeveral() {
    assertThat(
            tree(
                event("a", "workflow/r1"),
                event("b", "workflow/r2"),
                event("c", "stamp/s", "", "{\"run_id\":\"r2\"}"),
                event("d", "stamp/t")))
        .containsExactly("a ROOT -a", "b ROOT -c", " c RUN -c", "d ROOT -d");
  }

  @Test
  void shouldTakeACircleApart() {
    assertThat(
            tree(
                event("a", "analysis/x", "b", "{}"),
                event("b", "analysis/y", "a", "{}"),
                event("c", "analysis/z", "c", "{}")))
        .containsExactly("a ROOT -b", " b CAUSE -b", "c ROOT -c");
  }

  /** A chain as long as a trace may be. */
  @Test
  void shouldBearAVeryDeepTree() {
    var chain =
        IntStream.range(0, 5_000)
            .mapToObj(i -> event("e" + i, "analysis/" + i, "e" + (i - 1), "{}"))
            .toList();
    assertThat(Traces.tree(chain).getLast().getDepth()).isEqualTo(4_999);
  }

  @RepeatedTest(20)
  void shouldShowEveryEventOnceBelowOneThatCameBefore() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var events =
        IntStream.range(0, 200)
            .mapToObj(i ->
                event(
                    "e" + i,
                    (random.nextBoolean() ? "workflow/" : "stamp/") + random.nextInt(20),
                    random.nextInt(3) == 0 ? "e" + random.nextInt(200) : "",
                    "{\"run_id\":\"" + random.nextInt(20) + "\"}"))
            .toList();
    var tree = Traces.tree(events);
    assertThat(tree.stream().map(TracedEvent::getEvent))
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(events);
    for (int i = 0; i < tree.size(); i++) {
      var node = tree.get(i);
      if (node.getDepth() > 0) {
        var above = tree.subList(0, i);
        assertThat(above.stream().map(before -> before.getEvent().getEventId()))
            .as("seed %d", seed)
            .contains(node.getParentEventId());
        assertThat(node.getDepth()).isLessThanOrEqualTo(above.getLast().getDepth() + 1);
      }
    }
  }
}
