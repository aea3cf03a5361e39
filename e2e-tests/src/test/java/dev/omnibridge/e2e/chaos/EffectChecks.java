// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.omnibridge.e2e.chaos.Kept.Totals;
import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What followed from the events: outcomes once, rows as their journals, totals as the log. */
final class EffectChecks {
  private static final Set<String> ENDS = Set.of("COMPLETED", "FAILED", "CANCELLED");

  private final Evidence evidence;
  private final Checker found;
  private final Map<String, List<Logged.Event>> journals;

  EffectChecks(Evidence evidence, Checker found) {
    this.evidence = evidence;
    this.found = found;
    this.journals =
        evidence.log().events().stream()
            .filter(Logged.Event::own)
            .filter(event -> event.stream().startsWith("workflow/"))
            .sorted(Comparator.comparingLong(Logged.Event::version))
            .collect(groupingBy(Logged.Event::stream));
  }

  void run() {
    journals.forEach(this::journal);
    evidence.kept().runs().forEach(this::row);
    views();
    totals();
    foreign();
  }

  private void journal(String stream, List<Logged.Event> journal) {
    var outcomes = new HashSet<Long>();
    for (Logged.Event event : journal) {
      if (event.is("workflow.step-completed.v1")) {
        found.unless(
            outcomes.add(event.facts().ordinal()),
            Promise.STEP_OUTCOME_ONCE,
            "call %d of %s has another outcome at version %d",
            event.facts().ordinal(),
            stream,
            event.version());
      }
    }
    found.unless(
        journal.getFirst().is("workflow.started.v1") && count(journal, "started") == 1,
        Promise.JOURNAL_IN_ORDER,
        "%s does not begin once",
        stream);
    long ends =
        count(journal, "completed") + count(journal, "failed") + count(journal, "cancelled");
    boolean ended = ENDS.contains(state(journal));
    found.unless(
        ends == (ended ? 1 : 0) && (!ended || isEnd(journal.getLast())),
        Promise.JOURNAL_IN_ORDER,
        "%s moved to %s and has %d ends, and %s last",
        stream,
        state(journal),
        ends,
        journal.getLast().type());
  }

  private static long count(List<Logged.Event> journal, String what) {
    return journal.stream().filter(event -> event.is("workflow." + what + ".v1")).count();
  }

  private static boolean isEnd(Logged.Event event) {
    return event.is("workflow.completed.v1")
        || event.is("workflow.failed.v1")
        || event.is("workflow.cancelled.v1");
  }

  private static String state(List<Logged.Event> journal) {
    return journal.stream()
        .filter(event -> event.is("workflow.state-transition.v1"))
        .map(event -> event.facts().to())
        .reduce("PENDING", (_, last) -> last);
  }

  private void row(Kept.Run run) {
    List<Logged.Event> journal = journals.getOrDefault(run.stream(), List.of());
    found.unless(
        run.version() == journal.size()
            && run.state().equals(state(journal))
            && run.steps() == count(journal, "step-completed")
            && run.finished() == ENDS.contains(run.state()),
        Promise.ROW_AS_ITS_JOURNAL,
        "%s is %s with %d steps at version %d in its row; its journal says %s, %d, %d",
        run.stream(),
        run.state(),
        run.steps(),
        run.version(),
        state(journal),
        count(journal, "step-completed"),
        journal.size());
  }

  private void views() {
    Map<String, Kept.View> views =
        evidence.kept().views().stream().collect(toMap(Kept.View::stream, view -> view));
    journals.forEach((stream, journal) -> {
      Kept.View view = views.get(stream);
      found.unless(
          view != null && view.version() == journal.size() && view.state().equals(state(journal)),
          Promise.VIEW_AS_THE_LOG,
          "the reducer has %s, the log has %s at version %d",
          view,
          state(journal),
          journal.size());
    });
    views.keySet().stream()
        .filter(stream -> !journals.containsKey(stream))
        .forEach(stream ->
            found.unless(
                false, Promise.VIEW_AS_THE_LOG, "the reducer has %s, the log has not", stream));
  }

  private void totals() {
    var sums = new HashMap<String, Totals>();
    for (Logged.Event event : evidence.log().events()) {
      String[] name = event.stream().split("/", 3);
      if (event.own() && (name[0].equals("workflow") || name[0].equals("stamp"))) {
        sums.merge(name[1], Sums.of(event), Sums::plus);
      }
    }
    // A revision takes the place of the bytes before it.
    sums.replaceAll((namespace, sum) -> Sums.withBytes(sum, bytes(namespace)));
    Map<String, Totals> bridges = evidence.kept().bridges();
    bridges.keySet().forEach(namespace -> sums.putIfAbsent(namespace, Totals.ZERO));
    sums.forEach((namespace, sum) ->
        found.unless(
            sum.equals(bridges.get(namespace)),
            Promise.TOTALS_AS_THE_LOG,
            "%s: the reducer has %s, the log adds up to %s",
            namespace,
            bridges.get(namespace),
            sum));
  }

  private long bytes(String namespace) {
    return evidence.log().events().stream()
        .filter(event -> event.own() && event.stream().startsWith("stamp/" + namespace + "/"))
        .collect(groupingBy(Logged.Event::stream))
        .values()
        .stream()
        .map(all -> all.stream().max(Comparator.comparingLong(Logged.Event::version)).orElseThrow())
        .mapToLong(newest -> newest.facts().bytes())
        .sum();
  }

  private void foreign() {
    Map<String, Claims.Published> published =
        evidence.claims().published().stream().collect(toMap(Claims.Published::id, one -> one));
    var taken = new HashMap<String, Integer>();
    var last = new HashMap<String, Long>();
    evidence.log().events().stream()
        .filter(event -> !event.own())
        .sorted(Comparator.comparingLong(Logged.Event::version))
        .forEach(event -> {
          taken.merge(event.originalId(), 1, Integer::sum);
          found.unless(
              published.containsKey(event.originalId()),
              Promise.FOREIGN_EVENT_ONCE,
              "nobody has published %s, which is %s version %d",
              event.originalId(),
              event.stream(),
              event.version());
          Long before = last.put(event.stream(), event.facts().number());
          found.unless(
              before == null || before < event.facts().number(),
              Promise.FOREIGN_EVENTS_IN_ORDER,
              "%s has number %d behind %d at version %d",
              event.stream(),
              event.facts().number(),
              before,
              event.version());
        });
    for (Claims.Published one : published.values()) {
      int times = taken.getOrDefault(one.id(), 0);
      found.unless(
          times <= 1 && (times == 1 || !one.acknowledged()),
          Promise.FOREIGN_EVENT_ONCE,
          "%s event %s is in the log %d times",
          one.acknowledged() ? "acknowledged" : "unacknowledged",
          one.id(),
          times);
    }
  }
}
