// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import static java.util.stream.Collectors.groupingBy;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the clients were told is what is there. */
final class ClaimChecks {
  private final Evidence evidence;
  private final Checker found;
  private final Map<String, List<Kept.Run>> runsByOrder;
  private final Map<String, List<Kept.Stamp>> stampsByContent;
  private final Map<String, Kept.Stamp> stampsById = new HashMap<>();
  private final Map<String, List<Logged.Event>> eventsByOperation;

  ClaimChecks(Evidence evidence, Checker found) {
    this.evidence = evidence;
    this.found = found;
    this.runsByOrder =
        evidence.kept().runs().stream().collect(groupingBy(r -> r.namespace() + "/" + r.order()));
    this.stampsByContent =
        evidence.kept().stamps().stream()
            .collect(groupingBy(s -> s.namespace() + "/" + s.contentHash()));
    evidence.kept().stamps().forEach(s -> stampsById.put(s.namespace() + "/" + s.id(), s));
    this.eventsByOperation =
        evidence.log().events().stream()
            .filter(Logged.Event::own)
            .collect(groupingBy(event -> event.facts().operation()));
  }

  void run() {
    evidence.claims().submissions().forEach(this::submission);
    evidence.claims().stamps().forEach(this::stamping);
    Set<String> asked = new HashSet<>();
    evidence.claims().submissions().forEach(s -> asked.add(s.namespace() + "/" + s.order()));
    runsByOrder.forEach((order, runs) ->
        found.unless(
            asked.contains(order),
            Promise.REQUEST_HAS_ONE_RUN,
            "nobody has submitted %s, which is %s",
            order,
            runs.getFirst().stream()));
    requests();
  }

  /** No request id names a run that is not there. */
  private void requests() {
    Set<String> there = new HashSet<>();
    evidence.kept().runs().forEach(run -> there.add(run.namespace() + "/" + run.id()));
    evidence
        .kept()
        .requests()
        .forEach((request, run) ->
            found.unless(
                there.contains(request.substring(0, request.indexOf('/') + 1) + run),
                Promise.REQUEST_HAS_ONE_RUN,
                "request %s names %s, which is not there",
                request,
                run));
  }

  private void submission(Claims.Submission claim) {
    String order = claim.namespace() + "/" + claim.order();
    found.unless(
        claim.refusal() == null,
        Promise.NOTHING_VALID_REFUSED,
        "%s was refused: %s",
        order,
        claim.refusal());
    List<Kept.Run> runs = runsByOrder.getOrDefault(order, List.of());
    Set<String> answers = new HashSet<>(claim.runs());
    found.unless(
        runs.size() <= 1 && answers.size() <= 1,
        Promise.REQUEST_HAS_ONE_RUN,
        "%s has the runs %s and was answered %s",
        order,
        runs.stream().map(Kept.Run::id).toList(),
        answers);
    if (!runs.isEmpty()) {
      request(claim, runs.getFirst());
      done(claim, runs.getFirst());
    }
    found.unless(
        !claim.acknowledged() || (runs.size() == 1 && answers.contains(runs.getFirst().id())),
        Promise.ACKNOWLEDGED_IS_DONE,
        "%s was acknowledged as %s; there is %s",
        order,
        answers,
        runs);
  }

  /** Of several requests for one workflow id one has begun the run, the others only found it. */
  private void request(Claims.Submission claim, Kept.Run run) {
    Set<String> named = new HashSet<>();
    for (String request : claim.requests()) {
      String one = evidence.kept().requests().get(claim.namespace() + "/" + request);
      if (one != null) {
        named.add(one);
      }
    }
    found.unless(
        named.equals(Set.of(run.id())),
        Promise.REQUEST_HAS_ONE_RUN,
        "requests %s name %s, their run is %s",
        claim.requests(),
        named,
        run.id());
  }

  /** What exists has to be done, whether its client was told or not. */
  private void done(Claims.Submission claim, Kept.Run run) {
    Claims.Due due = claim.due();
    found.unless(
        run.finished() && run.state().equals(due.state()) && run.steps() == due.steps(),
        Promise.ACKNOWLEDGED_IS_DONE,
        "%s is %s after %d steps; %s after %d was due",
        run.stream(),
        run.state(),
        run.steps(),
        due.state(),
        due.steps());
    for (String content : due.contents()) {
      List<Kept.Stamp> stamps =
          stampsByContent.getOrDefault(claim.namespace() + "/" + content, List.of());
      found.unless(
          stamps.size() == 1 && stamps.getFirst().revision() == 1,
          Promise.STAMP_ONCE,
          "content %s of %s has the stamps %s",
          content,
          run.stream(),
          stamps);
    }
  }

  private void stamping(Claims.Stamping claim) {
    found.unless(
        claim.refusal() == null,
        Promise.NOTHING_VALID_REFUSED,
        "stamping %s was refused: %s",
        claim.contentHash(),
        claim.refusal());
    if (claim.acknowledged()) {
      Set<String> answers = new HashSet<>(claim.stamps());
      Kept.Stamp stamp = stampsById.get(claim.namespace() + "/" + claim.stamps().getFirst());
      List<Logged.Event> events = eventsByOperation.getOrDefault(claim.operation(), List.of());
      String stream = stamp == null ? "" : stamp.stream();
      boolean recorded =
          events.stream()
              .anyMatch(event ->
                  event.stream().equals(stream)
                      && event.facts().content().equals(claim.contentHash()));
      found.unless(
          answers.size() == 1 && recorded,
          Promise.ACKNOWLEDGED_IS_DONE,
          "stamping %s by operation %s was answered %s; there is %s, and the operation left %s",
          claim.contentHash(),
          claim.operation(),
          answers,
          stamp,
          events);
    }
  }
}
