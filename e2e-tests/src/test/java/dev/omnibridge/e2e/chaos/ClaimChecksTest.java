// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static dev.omnibridge.e2e.chaos.CheckerTest.finds;
import static dev.omnibridge.e2e.chaos.MadeUp.change;
import static dev.omnibridge.e2e.chaos.MadeUp.due;
import static dev.omnibridge.e2e.chaos.MadeUp.submission;

import dev.omnibridge.e2e.chaos.Kept.Run;
import dev.omnibridge.e2e.chaos.Logged.Facts;
import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What clients were told and what is there are held against each other, both ways. */
class ClaimChecksTest {
  private static final String FIRST = "workflow/n/run-first";
  private static final String SECOND = "workflow/n/run-second";
  private static final String EMITTED = "workflow.event-emitted.v1";

  private static void claim(MadeUp run, Claims.Due due, List<String> answers) {
    run.submissions.set(0, submission("first", due, answers));
  }

  private static void stamping(MadeUp run, String content, String operation, String stamp) {
    run.stampings.add(new Claims.Stamping("n", content, operation, List.of(stamp), null));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindAnswersThatAreNotTrue() {
    return Stream.concat(aboutRuns(), Stream.concat(aboutStamps(), aboutRefusals()));
  }

  private static Stream<DynamicTest> aboutRuns() {
    return Stream.of(
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "an acknowledged run is not there",
            run -> run.runs.removeFirst()),
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "a run has another end than it should",
            run -> claim(run, due("CANCELLED", 1, 1), List.of("run-first"))),
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "a run did other steps than it should",
            run -> claim(run, due("COMPLETED", 2, 1), List.of("run-first"))),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "a request was answered two runs",
            run -> claim(run, due("COMPLETED", 1, 1), List.of("run-first", "other"))),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "a request has two runs",
            run -> run.runs.add(new Run("n", "other", "second", "FAILED", true, 5, 1))),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "a request names another run",
            run -> run.requests.put("n/first", "run-second")),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "no request names a run",
            run -> run.requests.remove("n/first")),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "two clients at once got a run each",
            run -> run.requests.put("n/first-other", "run-second")),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "a request names a run that is not there",
            run -> run.requests.put("n/whose", "nobody")),
        finds(
            Promise.REQUEST_HAS_ONE_RUN,
            "nobody asked for a run",
            run -> run.runs.add(new Run("n", "other", "unknown", "FAILED", true, 5, 1))));
  }

  private static Stream<DynamicTest> aboutStamps() {
    return Stream.of(
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "an acknowledged stamp is not there",
            run -> stamping(run, "content-op-1", "op-1", "id-z")),
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "an acknowledged operation left nothing",
            run -> stamping(run, "content-op-1", "op-z", "id-of-first")),
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "a stamp is of other bytes than were sent",
            run -> stamping(run, "content-op-2", "op-1", "id-of-first")),
        finds(
            Promise.ACKNOWLEDGED_IS_DONE,
            "an operation was answered somebody else's stamp",
            run -> stamping(run, "content-op-1", "op-1", "id-content-of-first")));
  }

  private static Stream<DynamicTest> aboutRefusals() {
    return Stream.of(
        finds(
            Promise.NOTHING_VALID_REFUSED,
            "a submission was refused",
            run ->
                run.submissions.add(
                    submission("bad", due("COMPLETED", 1, 0), List.of())
                        .answered(List.of(), "INTERNAL"))),
        finds(
            Promise.NOTHING_VALID_REFUSED,
            "a stamp was refused",
            run ->
                run.stampings.add(new Claims.Stamping("n", "bad", "op-8", List.of(), "INTERNAL"))));
  }

  @TestFactory
  Stream<DynamicTest> shouldFindWhatWasEmittedTwiceOrNever() {
    return Stream.of(
        finds(
            Promise.EMITTED_ONCE,
            "an event was not emitted",
            run -> run.events.remove(run.event(FIRST, EMITTED))),
        finds(
            Promise.EMITTED_ONCE,
            "an event was emitted twice",
            run -> run.more(FIRST, EMITTED, Facts.emitted(Orders.EMITTED, "run-first-2"))),
        finds(
            Promise.EMITTED_ONCE,
            "a run emitted that was not to",
            run -> run.more(SECOND, EMITTED, Facts.emitted(Orders.EMITTED, "run-second-1"))),
        finds(
            Promise.EMITTED_ONCE,
            "two events were emitted under one id",
            run -> {
              run.submissions.set(1, submission("second", due("FAILED", 1, 1), List.of()));
              run.more(SECOND, EMITTED, Facts.emitted(Orders.EMITTED, "run-first-1"));
            }),
        finds(
            Promise.EMITTED_ONCE,
            "another event was emitted than was meant",
            run ->
                change(
                    run.events,
                    e -> e.stream().equals(FIRST) && e.is(EMITTED),
                    e ->
                        new Logged.Event(
                            e.id(),
                            e.stream(),
                            e.version(),
                            e.lane(),
                            e.position(),
                            e.type(),
                            "",
                            e.body(),
                            Facts.emitted("org.example.other", "run-first-1")))));
  }
}
