// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static dev.omnibridge.e2e.chaos.MadeUp.change;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.e2e.chaos.Kept.Run;
import dev.omnibridge.e2e.chaos.Logged.Event;
import dev.omnibridge.e2e.chaos.Logged.Facts;
import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A checker that cannot fail proves nothing: each promise is broken here, and found. */
class CheckerTest {
  private static final String FIRST = "workflow/n/run-first";
  private static final String STAMP = "stamp/n/of-first";
  private static final String FOREIGN = "codegen/n/inbox/else/key";

  @Test
  void shouldFindNothingInASoundRun() {
    assertThat(Checker.check(MadeUp.sound().evidence())).isEmpty();
  }

  @Test
  void shouldTakeRepeatsInKafkaForWhatTheyAre() {
    var run = MadeUp.sound();
    run.records.addAll(List.copyOf(run.records.subList(0, 4)));
    assertThat(run.broken()).isEmpty();
  }

  @Test
  void shouldNameWhatItFound() {
    var run = MadeUp.sound();
    run.records.removeIf(record -> record.eventId().equals("e3"));
    assertThat(Checker.check(run.evidence()))
        .anyMatch(violation -> violation.what().contains("e3") && violation.what().contains(FIRST));
  }

  static DynamicTest finds(Promise promise, String damage, Consumer<MadeUp> how) {
    return DynamicTest.dynamicTest(
        "shouldFind " + promise + " broken when " + damage,
        () -> {
          var run = MadeUp.sound();
          how.accept(run);
          assertThat(run.broken()).contains(promise);
        });
  }

  private static Event at(Event e, String stream, long version, int lane, long position) {
    return new Event(
        e.id(), stream, version, lane, position, e.type(), e.originalId(), e.body(), e.facts());
  }

  private static Evidence.Published at(
      Evidence.Published r, String topic, int partition, String key) {
    return new Evidence.Published(
        topic,
        partition,
        r.offset(),
        key,
        r.logId(),
        r.eventId(),
        r.stream(),
        r.version(),
        r.lane(),
        r.position(),
        r.body());
  }

  private static void row(MadeUp run, String state, boolean finished, int steps) {
    change(
        run.runs,
        row -> row.order().equals("first"),
        r -> new Run(r.namespace(), r.id(), r.order(), state, finished, r.version(), steps));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindADamagedLog() {
    return Stream.of(
        finds(
            Promise.VERSIONS_WITHOUT_GAP,
            "an event is missing",
            run -> run.events.remove(run.event(FIRST, "step-completed.v1"))),
        finds(
            Promise.VERSIONS_WITHOUT_GAP,
            "a stream's row is behind",
            run ->
                change(
                    run.streams,
                    s -> s.name().equals(FIRST),
                    s -> new Logged.Stream(s.name(), s.lane(), 5))),
        finds(
            Promise.VERSIONS_WITHOUT_GAP,
            "a stream has no row",
            run -> run.streams.removeIf(s -> s.name().equals(FIRST))),
        finds(
            Promise.NO_EVENT_TWICE,
            "an event is there twice",
            run -> run.events.add(run.events.get(2))),
        finds(
            Promise.POSITIONS_WITHOUT_GAP,
            "a position is left out",
            run ->
                change(
                    run.events,
                    e -> e.id().equals("e4"),
                    e -> at(e, e.stream(), e.version(), e.lane(), 99))),
        finds(
            Promise.POSITIONS_WITHOUT_GAP,
            "a lane's head is ahead",
            run -> run.heads.merge(1, 1L, Long::sum)),
        finds(Promise.POSITIONS_WITHOUT_GAP, "a lane has no head", run -> run.heads.remove(1)),
        finds(
            Promise.STREAM_IN_ONE_LANE,
            "a stream is in two lanes",
            run ->
                change(
                    run.events,
                    e -> e.id().equals("e4"),
                    e -> at(e, e.stream(), e.version(), 1, 4))));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindEffectsThatHappenedTwiceOrNever() {
    return Stream.of(
        finds(
            Promise.STEP_OUTCOME_ONCE,
            "a step has two outcomes",
            run -> run.more(FIRST, "workflow.step-completed.v1", new Facts("", 1, "", 0, "", 0))),
        finds(
            Promise.JOURNAL_IN_ORDER,
            "a run begins twice",
            run -> run.more(FIRST, "workflow.started.v1", Facts.NONE)),
        finds(
            Promise.JOURNAL_IN_ORDER,
            "a run ends twice",
            run -> run.more(FIRST, "workflow.completed.v1", Facts.NONE)),
        finds(
            Promise.JOURNAL_IN_ORDER,
            "something follows the end",
            run -> run.more(FIRST, "workflow.step-completed.v1", new Facts("", 2, "", 0, "", 0))),
        finds(
            Promise.ROW_AS_ITS_JOURNAL,
            "a row has another state",
            run -> row(run, "FAILED", true, 1)),
        finds(
            Promise.ROW_AS_ITS_JOURNAL,
            "a row has other steps",
            run -> row(run, "COMPLETED", true, 2)),
        finds(
            Promise.STAMP_ONCE,
            "a stamp has two rows",
            run -> run.stamps.add(run.stamps.getFirst())),
        finds(Promise.STAMP_ONCE, "a stamp has no row", run -> run.stamps.removeFirst()),
        finds(
            Promise.STAMP_ONCE,
            "a stamp is created twice",
            run ->
                run.more(STAMP, "metadata.stamp-created.v1", new Facts("", 0, "", 1, "op-9", 0))),
        finds(
            Promise.STAMP_ONCE,
            "an operation stamps twice",
            run ->
                run.more(STAMP, "metadata.stamp-revised.v1", new Facts("", 0, "", 1, "op-1", 0))),
        finds(
            Promise.STAMP_ONCE,
            "what a run was to stamp is not stamped",
            run -> run.stamps.removeIf(stamp -> stamp.contentHash().equals("content-of-first"))),
        finds(Promise.LEAVES_WITHOUT_GAP, "a leaf is missing", run -> run.leaves.removeFirst()),
        finds(
            Promise.LEAVES_WITHOUT_GAP,
            "a leaf is too many",
            run -> run.leaves.add(new Kept.Leaf("n", 3))),
        finds(
            Promise.LEAVES_WITHOUT_GAP,
            "two stamps have one leaf",
            run ->
                change(
                    run.stamps,
                    s -> s.fileHash().equals("of-first"),
                    s -> new Kept.Stamp("n", s.id(), s.fileHash(), s.contentHash(), 2, 2, 7))),
        finds(
            Promise.TOTALS_AS_THE_LOG,
            "the reducer has counted twice",
            run -> run.bridges.put("n", new Kept.Totals(2, 1, 1, 0, 3, 1, 2, 17, 14, 0))),
        finds(
            Promise.TOTALS_AS_THE_LOG,
            "the reducer has the bytes of before",
            run -> run.bridges.put("n", new Kept.Totals(2, 1, 1, 0, 2, 1, 2, 14, 14, 0))),
        finds(Promise.TOTALS_AS_THE_LOG, "the reducer has nothing", run -> run.bridges.clear()),
        finds(
            Promise.TOTALS_AS_THE_LOG,
            "the reducer knows a namespace that the log does not",
            run -> run.bridges.put("m", new Kept.Totals(1, 0, 0, 0, 0, 0, 0, 0, 1, 0))),
        finds(
            Promise.VIEW_AS_THE_LOG,
            "a view has no journal",
            run -> run.views.add(new Kept.View("workflow/n/nobody", 1, "RUNNING"))),
        finds(
            Promise.LEAVES_WITHOUT_GAP,
            "a namespace without stamps has a leaf",
            run -> run.leaves.add(new Kept.Leaf("m", 0))),
        finds(
            Promise.VIEW_AS_THE_LOG,
            "a view is behind",
            run ->
                change(
                    run.views,
                    v -> v.stream().equals(FIRST),
                    v -> new Kept.View(v.stream(), 3, "RUNNING"))),
        finds(Promise.VIEW_AS_THE_LOG, "a view is missing", run -> run.views.removeFirst()));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindForeignEventsThatWereLostOrDoubled() {
    return Stream.of(
        finds(
            Promise.FOREIGN_EVENT_ONCE,
            "an acknowledged event is not there",
            run -> run.events.remove(run.event(FOREIGN, "v1"))),
        finds(
            Promise.FOREIGN_EVENT_ONCE,
            "an event is there under two ids",
            run ->
                change(
                    run.events,
                    e -> e.originalId().equals("f2"),
                    e ->
                        new Event(
                            e.id(),
                            e.stream(),
                            e.version(),
                            e.lane(),
                            e.position(),
                            e.type(),
                            "f1",
                            e.body(),
                            e.facts()))),
        finds(
            Promise.FOREIGN_EVENT_ONCE,
            "nobody published an event",
            run -> run.published.removeFirst()),
        finds(
            Promise.FOREIGN_EVENTS_IN_ORDER,
            "numbers go back",
            run ->
                change(
                    run.events,
                    e -> e.originalId().equals("f2"),
                    e ->
                        new Event(
                            e.id(),
                            e.stream(),
                            e.version(),
                            e.lane(),
                            e.position(),
                            e.type(),
                            "f2",
                            e.body(),
                            new Facts("", 0, "", 0, "", 0)))));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindWhatKafkaHasNotOrHasTooMuch() {
    return Stream.of(
        finds(
            Promise.KAFKA_HAS_EVERY_EVENT,
            "a record is missing",
            run -> run.records.removeIf(record -> record.eventId().equals("e13"))),
        finds(
            Promise.KAFKA_HAS_EVERY_EVENT,
            "a record is missing in the middle",
            run -> run.records.remove(2)),
        finds(
            Promise.KAFKA_IN_ORDER,
            "two records changed places",
            run -> run.records.add(2, run.records.remove(1))),
        finds(
            Promise.KAFKA_IN_ORDER,
            "a lane's streams changed places",
            run -> run.records.addAll(0, List.copyOf(run.records.subList(6, 11)))),
        finds(
            Promise.KAFKA_HAS_NOTHING_ELSE,
            "a record is of no event",
            run -> run.events.remove(run.event(FIRST, "step-completed.v1"))),
        finds(
            Promise.KAFKA_HAS_NOTHING_ELSE,
            "a record has other bytes",
            run ->
                change(
                    run.events,
                    e -> e.id().equals("e1"),
                    e ->
                        new Event(
                            e.id(),
                            e.stream(),
                            e.version(),
                            e.lane(),
                            e.position(),
                            e.type(),
                            "",
                            "others",
                            e.facts()))),
        finds(
            Promise.KAFKA_HAS_NOTHING_ELSE,
            "a foreign record is nobody's",
            run ->
                run.records.add(
                    new Evidence.Published("codegen", 0, 99, "", "", "who", "", 0, 0, 0, "bytes"))),
        finds(
            Promise.KAFKA_IN_ORDER,
            "a stream is in two partitions",
            run ->
                change(
                    run.records, r -> r.eventId().equals("e3"), r -> at(r, r.topic(), 1, FIRST))),
        finds(
            Promise.KAFKA_IN_ORDER,
            "a stamp's stream is in the topic of workflows",
            run ->
                change(
                    run.records,
                    r -> r.stream().equals(STAMP),
                    r -> at(r, "made.omninode-bridge.workflow.events.v1", 0, STAMP))),
        finds(
            Promise.KAFKA_IN_ORDER,
            "a record has another key",
            run ->
                change(
                    run.records, r -> r.eventId().equals("e3"), r -> at(r, r.topic(), 0, STAMP))));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindWhatIsStuck() {
    return Stream.of(
        finds(Promise.NOTHING_UNFINISHED, "a run goes on", run -> row(run, "RUNNING", false, 1)),
        finds(Promise.BACKLOG_EMPTY, "a lane is not relayed", run -> run.relayed.put(0, 3L)),
        finds(Promise.BACKLOG_EMPTY, "a lane was never relayed", run -> run.relayed.remove(0)),
        finds(Promise.NO_DEAD_LETTER, "there is a dead letter", run -> run.letters.add("one")),
        finds(Promise.AT_REST, "a consumer is behind", run -> run.restless.add("inbox")));
  }

  @Test
  void shouldKnowAWayToBreakEveryPromise() {
    var broken =
        Stream.of(
                shouldFindADamagedLog(),
                shouldFindEffectsThatHappenedTwiceOrNever(),
                shouldFindForeignEventsThatWereLostOrDoubled(),
                new ClaimChecksTest().shouldFindAnswersThatAreNotTrue(),
                new ClaimChecksTest().shouldFindWhatWasEmittedTwiceOrNever(),
                shouldFindWhatKafkaHasNotOrHasTooMuch(),
                shouldFindWhatIsStuck())
            .flatMap(tests -> tests)
            .map(test -> test.getDisplayName().split(" ")[1])
            .distinct();
    assertThat(broken)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Promise.values()).map(Promise::name).toList());
  }
}
