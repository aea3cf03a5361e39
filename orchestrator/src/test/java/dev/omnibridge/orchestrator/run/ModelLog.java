// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Append;
import dev.omnibridge.orchestrator.run.EventLog.Identified;
import dev.omnibridge.orchestrator.run.EventLog.Loaded;
import dev.omnibridge.orchestrator.run.EventLog.Page;
import dev.omnibridge.orchestrator.run.EventLog.Pointer;
import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The log as a model that keeps the promises of the real one, see {@link EventLogContract}; what a
 * network does to its callers is not in it.
 */
final class ModelLog {
  final Map<RunKey, Stream> streams = new TreeMap<>(Comparator.comparing(RunKey::runId));
  final Map<RunKey, List<Instant>> loads = new HashMap<>();
  private final Map<String, String> definitions = new HashMap<>();
  private final Map<String, Append> claims = new HashMap<>();
  private final World.Clock clock;
  int page = 7;
  int duePages;

  /** What the log has against an append; null: nothing. */
  Function<Append, @Nullable Fault> refusal = _ -> null;

  /** What comes instead of the answer to an append that was kept; null: the answer. */
  Function<Append, @Nullable Fault> instead = _ -> null;

  /** Runs that cannot be loaded. */
  Predicate<RunKey> damaged = _ -> false;

  /** One stream with its row. */
  static final class Stream {
    final List<Identified> events = new ArrayList<>();
    final Set<String> appendIds = new HashSet<>();
    final int shard;
    @Nullable Workflow snapshot;
    long snapshotVersion;
    @Nullable RunRow row;
    @Nullable Instant due;

    Stream(int shard) {
      this.shard = shard;
    }

    boolean unfinished() {
      return !row().finished();
    }

    RunRow row() {
      return Objects.requireNonNull(row);
    }
  }

  ModelLog(World.Clock clock) {
    this.clock = clock;
  }

  /** True if it was appended, false if it had been before. */
  boolean append(Append append) {
    Fault refused = refusal.apply(append);
    if (refused != null) {
      throw refused;
    }
    RunKey key = RunKey.of(append.run());
    Stream stream = streams.containsKey(key) ? streams.get(key) : new Stream(key.shard());
    if (stream.appendIds.contains(append.appendId())) {
      return false;
    }
    Map<String, String> wanted = wanted(append);
    if (stream.events.size() != append.expectedVersion()) {
      throw Fault.of(Fault.Kind.CONFLICT, "VERSION_CONFLICT", "The stream has moved on.");
    }
    wanted.values().forEach(claim -> claims.put(claim, append));
    keepDefinition(append);
    keep(append, stream);
    streams.put(key, stream);
    Fault lost = instead.apply(append);
    if (lost != null) {
      throw lost;
    }
    return true;
  }

  private void keep(Append append, Stream stream) {
    Duration dueIn = append.row().dueIn();
    stream.events.addAll(append.events());
    stream.appendIds.add(append.appendId());
    stream.row = append.row();
    stream.due =
        dueIn == null ? null : clock.now().plus(dueIn.isNegative() ? Duration.ZERO : dueIn);
    if (append.snapshot() != null) {
      stream.snapshot = append.snapshot();
      stream.snapshotVersion = stream.events.size();
    }
  }

  private void keepDefinition(Append append) {
    EventLog.Submitted submitted = append.submission();
    if (submitted != null && submitted.definition() != null) {
      definitions.put(submitted.fingerprint().definitionHash(), submitted.definition());
    }
  }

  /** The claims of an append by the reason why it is refused when one is taken. */
  private Map<String, String> wanted(Append append) {
    Map<String, String> wanted = new LinkedHashMap<>();
    EventLog.Submitted submitted = append.submission();
    if (submitted != null) {
      String namespace = append.run().workflow().namespace();
      wanted.put("WORKFLOW_ID_TAKEN", "w:" + namespace + ":" + append.run().workflow().value());
      if (submitted.requestId() != null) {
        wanted.put("REQUEST_ID_TAKEN", "r:" + namespace + ":" + submitted.requestId());
      }
    }
    wanted.forEach((reason, claim) -> {
      Append holder = claims.get(claim);
      if (holder != null) {
        throw taken(reason, holder);
      }
    });
    return wanted;
  }

  private static Fault taken(String reason, Append holder) {
    EventLog.Submitted by = Objects.requireNonNull(holder.submission());
    return Fault.of(Fault.Kind.CONFLICT, reason, "The claim is taken.")
        .with("workflow_id", holder.run().workflow().value())
        .with("run_id", holder.run().id().value())
        .with("definition_hash", by.fingerprint().definitionHash())
        .with("input_hash", by.fingerprint().inputHash())
        .with("labels_hash", by.fingerprint().labelsHash());
  }

  /** The state of a run as its events tell it. */
  Workflow state(RunKey key) {
    return replay(new Workflow.Absent(), streams.get(key).events);
  }

  private static Workflow replay(Workflow from, List<Identified> events) {
    List<Event> rest = events.stream().map(Identified::event).toList();
    return WorkflowRules.evolve(from, rest);
  }

  Loaded load(RunKey key) {
    if (damaged.test(key)) {
      throw Fault.broken(new IllegalStateException("The history is damaged."));
    }
    Stream stream = streams.get(key);
    if (stream == null) {
      throw Fault.notFound("STREAM_NOT_FOUND", "There is no such stream.");
    }
    Workflow from = stream.snapshot == null ? new Workflow.Absent() : stream.snapshot;
    int size = stream.events.size();
    var rest = stream.events.subList((int) stream.snapshotVersion, size);
    return new Loaded(replay(from, rest), size, stream.snapshotVersion);
  }

  String definition(String hash) {
    String text = definitions.get(hash);
    if (text == null) {
      throw Fault.notFound("DEFINITION_NOT_FOUND", "There is no such definition.");
    }
    return text;
  }

  List<Pointer> unfinished(Set<Integer> shards, String afterRunId, int limit) {
    return streams.entrySet().stream()
        .filter(entry -> entry.getKey().runId().compareTo(afterRunId) > 0)
        .filter(entry -> entry.getValue().unfinished() && shards.contains(entry.getValue().shard))
        .limit(Math.min(limit, page))
        .map(entry -> pointer(entry.getKey(), entry.getValue()))
        .toList();
  }

  Page due(Set<Integer> shards, String token, int limit) {
    duePages++;
    var due = new TreeMap<String, RunKey>();
    streams.forEach((key, stream) -> {
      if (stream.due != null
          && stream.unfinished()
          && shards.contains(stream.shard)
          && !stream.due.isAfter(clock.now())) {
        due.put("%019d %s".formatted(stream.due.toEpochMilli(), key.runId()), key);
      }
    });
    var rest = due.tailMap(token, false);
    List<Pointer> runs =
        rest.values().stream()
            .limit(Math.min(limit, page))
            .map(key -> pointer(key, streams.get(key)))
            .toList();
    boolean more = runs.size() < rest.size();
    return new Page(runs, more ? List.copyOf(rest.keySet()).get(runs.size() - 1) : "");
  }

  private Pointer pointer(RunKey key, Stream stream) {
    Duration dueIn = stream.due == null ? null : Duration.between(clock.now(), stream.due);
    return new Pointer(key, stream.events.size(), stream.row().state().name(), dueIn);
  }
}
