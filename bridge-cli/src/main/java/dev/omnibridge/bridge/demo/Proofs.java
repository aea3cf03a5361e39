// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import com.google.protobuf.util.Durations;
import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.state.v1.GetWorkflowStateRequest;
import dev.omnibridge.api.state.v1.GetWorkflowStateResponse;
import dev.omnibridge.api.state.v1.StateServiceGrpc;
import dev.omnibridge.api.state.v1.StateSource;
import dev.omnibridge.api.workflow.v1.WorkflowState;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.demo.FinishedRun.Stamped;
import dev.omnibridge.bridge.demo.Material.SourceFile;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Asks the suite again, door by door, whether everything that was reported is really there. */
final class Proofs {
  private static final int AT_ONCE = 8;
  private static final int PAGE = 1_000;
  private static final Duration REDUCER_LIMIT = Duration.ofSeconds(10);

  private final Client client;
  private final List<FinishedRun> runs;

  Proofs(Client client, List<FinishedRun> runs) {
    this.client = client;
    this.runs = runs;
  }

  /** The runs did what they were for. */
  Proof runsCompleted() {
    var wrong =
        runs.stream()
            .map(FinishedRun::workflow)
            .filter(run -> run.getState() != WorkflowState.WORKFLOW_STATE_COMPLETED)
            .map(run -> run.getWorkflowId() + ": " + run.getError().getDetail())
            .toList();
    return Proof.of(
        "every run completed",
        wrong.isEmpty(),
        wrong.isEmpty() ? runs.size() + " of " + runs.size() : String.join("; ", wrong));
  }

  /** The workflow stamped each file, with the hash that was computed here. */
  Proof everyFileWasStamped() {
    var hashes = new HashSet<String>();
    runs.stream().flatMap(run -> run.stamps().stream()).forEach(s -> hashes.add(s.contentHash()));
    List<SourceFile> files = files();
    var missing =
        files.stream()
            .filter(file -> !hashes.contains(file.contentHash()))
            .map(SourceFile::path)
            .toList();
    return Proof.of(
        "every file was stamped with the hash computed here",
        missing.isEmpty(),
        told(files.size() - missing.size(), files.size(), missing));
  }

  /** Each stamp is found again by its hash. */
  Proof everyStampIsThere() {
    List<Stamped> stamps = runs.stream().flatMap(run -> run.stamps().stream()).distinct().toList();
    var missing =
        Crew.map(stamps, AT_ONCE, this::whyNotThere).stream()
            .filter(why -> !why.isEmpty())
            .toList();
    return Proof.of(
        "every stamp is found by its hash",
        missing.isEmpty(),
        told(stamps.size() - missing.size(), stamps.size(), missing));
  }

  private String whyNotThere(Stamped stamped) {
    var request = GetStampRequest.newBuilder().setHash(stamped.fileHash()).build();
    try {
      Stamp stamp =
          client.call(Peer.STAMPING, StampingServiceGrpc.getGetStampMethod(), request).getStamp();
      return stamp.getFileHash().equals(stamped.fileHash()) ? "" : stamped.path();
    } catch (Fault fault) {
      if (fault.kind() != Kind.NOT_FOUND) {
        throw fault;
      }
      return stamped.path();
    }
  }

  /** The log holds each run's events without a gap, the same that were watched. */
  Proof logHasEveryEvent() {
    var wrong = new ArrayList<String>();
    long events = 0;
    for (FinishedRun run : runs) {
      List<RecordedEvent> logged =
          new Workflows(client).events(Workflows.stream(run.workflow()), 0);
      events += logged.size();
      if (!isGapless(logged) || !ids(logged).equals(ids(run.events()))) {
        wrong.add(
            "%s: watched %d, logged %d"
                .formatted(run.workflow().getWorkflowId(), run.events().size(), logged.size()));
      }
    }
    return Proof.of(
        "the log has every event, versions 1..n without a gap",
        wrong.isEmpty(),
        wrong.isEmpty() ? events + " events of the runs" : String.join("; ", wrong));
  }

  private static boolean isGapless(List<RecordedEvent> events) {
    return IntStream.range(0, events.size()).allMatch(i -> events.get(i).getVersion() == i + 1L);
  }

  private static List<String> ids(List<RecordedEvent> events) {
    return events.stream().map(RecordedEvent::getEventId).toList();
  }

  /** Everything that the runs caused, in their own streams and in those of the stamps. */
  List<RecordedEvent> caused(UUID correlation) {
    var found = new ArrayList<RecordedEvent>();
    String token = "";
    do {
      var request =
          QueryEventsRequest.newBuilder()
              .setCorrelationId(correlation.toString())
              .setOldestFirst(true)
              .setPageSize(PAGE)
              .setPageToken(token)
              .build();
      var page = client.call(Peer.DB_ADAPTER, LogServiceGrpc.getQueryEventsMethod(), request);
      found.addAll(page.getEventsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return found.stream()
        .filter(event -> Set.of("workflow", "stamp").contains(event.getStream().getKind()))
        .toList();
  }

  /** Each stamp that is new has its event, appended with it. */
  Proof newStampsHaveEvents(List<RecordedEvent> caused) {
    Set<String> withEvent =
        caused.stream()
            .map(RecordedEvent::getStream)
            .filter(stream -> stream.getKind().equals("stamp"))
            .map(StreamName::getId)
            .collect(Collectors.toSet());
    List<Stamped> fresh =
        runs.stream()
            .flatMap(run -> run.stamps().stream())
            .filter(stamp -> !stamp.existed())
            .toList();
    var missing =
        fresh.stream()
            .filter(stamp -> !withEvent.contains(stamp.fileHash()))
            .map(Stamped::path)
            .toList();
    return Proof.of(
        "every new stamp has its event in the log",
        missing.isEmpty(),
        told(fresh.size() - missing.size(), fresh.size(), missing));
  }

  /** Kafka has each of these events, each stream in version order. */
  static Proof kafkaHas(String what, List<RecordedEvent> caused, KafkaRecords.Found found) {
    var missing =
        caused.stream()
            .filter(event -> !found.eventIds().contains(event.getEventId()))
            .map(event -> event.getStream().getId() + "@" + event.getVersion())
            .toList();
    String order = found.inOrder() ? "in version order" : "NOT in version order";
    return Proof.of(
        what,
        !caused.isEmpty() && missing.isEmpty() && found.inOrder(),
        "%s, %s, %d repeated"
            .formatted(
                told(caused.size() - missing.size(), caused.size(), missing),
                order,
                found.repeats()));
  }

  /** The reducer has folded every run up to its last event. */
  Proof reducerHasFolded() {
    var states = runs.stream().map(this::folded).toList();
    var wrong =
        IntStream.range(0, runs.size())
            .filter(i -> !isFolded(runs.get(i), states.get(i)))
            .mapToObj(i ->
                "%s is %s at version %d for the reducer"
                    .formatted(
                        runs.get(i).workflow().getWorkflowId(),
                        states.get(i).getState(),
                        states.get(i).getVersion()))
            .toList();
    String from =
        states.stream()
            .map(GetWorkflowStateResponse::getSource)
            .distinct()
            .map(source ->
                source == StateSource.STATE_SOURCE_PROJECTION ? "its projection" : "the log")
            .collect(Collectors.joining(" and "));
    String transitions =
        states.getFirst().getTransitionsList().stream()
            .map(transition -> transition.getToState())
            .collect(Collectors.joining(" → "));
    return Proof.of(
        "the reducer's state is the runs' last version",
        wrong.isEmpty(),
        wrong.isEmpty() ? transitions + ", from " + from : String.join("; ", wrong));
  }

  private static boolean isFolded(FinishedRun run, GetWorkflowStateResponse state) {
    return state.getState().equals("COMPLETED")
        && state.getVersion() >= run.workflow().getVersion();
  }

  private GetWorkflowStateResponse folded(FinishedRun run) {
    var request =
        GetWorkflowStateRequest.newBuilder()
            .setNamespace(run.workflow().getNamespace())
            .setRunId(run.workflow().getRunId())
            .setRequiredVersion(run.workflow().getVersion())
            .setMaxWait(Durations.fromSeconds(REDUCER_LIMIT.toSeconds()))
            .build();
    return client.call(
        Peer.REDUCER, StateServiceGrpc.getGetWorkflowStateMethod(), request, Client.LIMIT);
  }

  private List<SourceFile> files() {
    return runs.stream().flatMap(run -> run.batch().files().stream()).toList();
  }

  private static String told(int found, int all, List<String> missing) {
    String count = "%d of %d".formatted(found, all);
    return missing.isEmpty() ? count : count + ", without " + some(missing);
  }

  private static String some(List<String> names) {
    return names.stream().limit(3).collect(Collectors.joining(", "))
        + (names.size() > 3 ? ", ..." : "");
  }
}
