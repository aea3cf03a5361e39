// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.e2e.chaos.Kept.Totals;
import dev.omnibridge.e2e.chaos.Logged.Event;
import dev.omnibridge.e2e.chaos.Logged.Facts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Made-up evidence of a small sound run, for tests to damage. */
final class MadeUp {
  private static final String WORKFLOW = "dev.omnibridge.workflow.";

  final List<Claims.Submission> submissions = new ArrayList<>();
  final List<Claims.Stamping> stampings = new ArrayList<>();
  final List<Claims.Published> published = new ArrayList<>();
  final List<Event> events = new ArrayList<>();
  final List<Logged.Stream> streams = new ArrayList<>();
  final Map<Integer, Long> heads = new HashMap<>(Map.of(0, 1L, 1, 1L, 100, 1L));
  final Map<Integer, Long> relayed = new HashMap<>();
  final List<Kept.Run> runs = new ArrayList<>();
  final Map<String, String> requests = new HashMap<>();
  final List<Kept.Stamp> stamps = new ArrayList<>();
  final List<Kept.Leaf> leaves = new ArrayList<>();
  final Map<String, Totals> bridges = new HashMap<>();
  final List<Kept.View> views = new ArrayList<>();
  final List<String> letters = new ArrayList<>();
  final List<Evidence.Published> records = new ArrayList<>();
  final List<String> restless = new ArrayList<>();

  /**
   * Two runs, one that stamped and emitted and one that failed and was never acknowledged; a stamp
   * with two revisions; two foreign events of one key, one of them unacknowledged; and a submission
   * and an event that came to nothing.
   */
  static MadeUp sound() {
    var world = new MadeUp();
    world.run("first", "COMPLETED", List.of("run-first"));
    world.run("second", "FAILED", List.of());
    world.submissions.add(submission("third", due("COMPLETED", 1, 0), List.of()));
    world.stamp("n", "of-first", "op-1", "op-2");
    world.stamp("n", "content-of-first", "op-3");
    world.stampings.add(
        new Claims.Stamping("n", "content-op-1", "op-1", List.of("id-of-first"), null));
    world.stampings.add(
        new Claims.Stamping(
            "n", "content-op-2", "op-2", List.of("id-of-first", "id-of-first"), null));
    world.foreign("f1", 1, true);
    world.foreign("f2", 2, false);
    world.published.add(new Claims.Published("f3", "key", 3, false));
    world.bridges.put("n", new Totals(2, 1, 1, 0, 2, 1, 2, 17, 14, 0));
    world.heads.forEach((lane, next) -> world.relayed.put(lane, next - 1));
    return world;
  }

  /** What one that stamps has to stamp follows from what it emits. */
  static Claims.Due due(String state, int steps, int emits) {
    List<String> contents = emits == 0 ? List.of() : List.of("content-of-first");
    return new Claims.Due("ANY", state, steps, emits, contents);
  }

  static Claims.Submission submission(String order, Claims.Due due, List<String> answers) {
    return new Claims.Submission("n", order, List.of(order, order + "-other"), due, answers, null);
  }

  private void run(String order, String end, List<String> answers) {
    String id = "run-" + order;
    String stream = "workflow/n/" + id;
    boolean completed = end.equals("COMPLETED");
    submissions.add(submission(order, due(end, 1, completed ? 1 : 0), answers));
    own(stream, 0, WORKFLOW + "started.v1", Facts.NONE);
    own(stream, 0, WORKFLOW + "state-transition.v1", new Facts("", 0, "RUNNING", 0, "", 0));
    own(
        stream,
        0,
        WORKFLOW + "step-completed.v1",
        new Facts(completed ? "completed" : "degraded", 1, "", 0, "", 0));
    if (completed) {
      own(stream, 0, WORKFLOW + "event-emitted.v1", Facts.emitted(Orders.EMITTED, id + "-1"));
    }
    own(stream, 0, WORKFLOW + "state-transition.v1", new Facts("", 0, end, 0, "", 0));
    own(stream, 0, WORKFLOW + (completed ? "completed.v1" : "failed.v1"), Facts.NONE);
    long version = completed ? 6 : 5;
    streams.add(new Logged.Stream(stream, 0, version));
    runs.add(new Kept.Run("n", id, order, end, true, version, 1));
    requests.put("n/" + order, id);
    views.add(new Kept.View(stream, version, end));
  }

  private void stamp(String namespace, String file, String... operations) {
    String stream = "stamp/" + namespace + "/" + file;
    for (int i = 0; i < operations.length; i++) {
      own(
          stream,
          1,
          "dev.omnibridge.metadata." + (i == 0 ? "stamp-created.v1" : "stamp-revised.v1"),
          Facts.stamped(7 + 3L * i, operations[i], "content-" + operations[i]));
      leaves.add(new Kept.Leaf(namespace, leaves.size()));
    }
    streams.add(new Logged.Stream(stream, 1, operations.length));
    stamps.add(
        new Kept.Stamp(
            namespace, "id-" + file, file, file, operations.length, leaves.size() - 1L, 7));
  }

  private void own(String stream, int lane, String type, Facts facts) {
    Event event = event(stream, lane, type, "", facts);
    records.add(record(event, "log"));
  }

  private void foreign(String id, long number, boolean acknowledged) {
    String stream = "codegen/n/inbox/else/key";
    Event event = event(stream, 100, "org.example.v1", id, new Facts("", 0, "", 0, "", number));
    streams.removeIf(row -> row.name().equals(stream));
    streams.add(new Logged.Stream(stream, 100, event.version()));
    published.add(new Claims.Published(id, "key", number, acknowledged));
    records.add(
        new Evidence.Published("codegen", 0, records.size(), "key", "", id, "", 0, 0, 0, "bytes"));
  }

  private Event event(String stream, int lane, String type, String original, Facts facts) {
    long version = 1 + events.stream().filter(event -> event.stream().equals(stream)).count();
    long position = heads.merge(lane, 1L, Long::sum) - 1;
    String id = "e" + events.size();
    var event =
        new Event(id, stream, version, lane, position, type, original, "bytes of " + id, facts);
    events.add(event);
    return event;
  }

  private Evidence.Published record(Event event, String logId) {
    boolean stamp = event.stream().startsWith("stamp/");
    return new Evidence.Published(
        "made.omninode-bridge." + (stamp ? "metadata" : "workflow") + ".events.v1",
        0,
        records.size(),
        event.stream(),
        logId,
        event.id(),
        event.stream(),
        event.version(),
        event.lane(),
        event.position(),
        event.body());
  }

  /** The first event of a stream with a type that ends so. */
  Event event(String stream, String type) {
    return events.stream()
        .filter(event -> event.stream().equals(stream) && event.type().endsWith(type))
        .findFirst()
        .orElseThrow();
  }

  /** Adds one more event behind a stream, and everything that goes with it. */
  Event more(String stream, String type, Facts facts) {
    Logged.Stream row =
        streams.stream().filter(one -> one.name().equals(stream)).findFirst().orElseThrow();
    Event event = event(stream, row.lane(), "dev.omnibridge." + type, "", facts);
    records.add(record(event, "log"));
    relayed.merge(row.lane(), 1L, Long::sum);
    change(
        streams,
        one -> one.name().equals(stream),
        s -> new Logged.Stream(s.name(), s.lane(), s.version() + 1));
    return event;
  }

  static <T> void change(List<T> list, Predicate<T> which, UnaryOperator<T> how) {
    list.replaceAll(one -> which.test(one) ? how.apply(one) : one);
  }

  Evidence evidence() {
    return new Evidence(
        new Claims(submissions, stampings, published),
        new Logged("log", events, streams, heads, relayed),
        new Kept(runs, requests, stamps, leaves, bridges, views, letters),
        records,
        restless);
  }

  List<Violation.Promise> broken() {
    return Checker.check(evidence()).stream().map(Violation::promise).distinct().toList();
  }
}
