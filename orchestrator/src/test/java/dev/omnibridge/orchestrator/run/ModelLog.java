// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.workflow.Event;
import dev.omnibridge.orchestrator.workflow.Workflow;
import dev.omnibridge.orchestrator.workflow.WorkflowRules;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as a model: the same promises as the real one, and a network in front of it that loses
 * requests, loses answers, and is away for a while.
 */
final class ModelLog {
  final Map<RunKey, Stream> streams = new TreeMap<>(java.util.Comparator.comparing(RunKey::runId));
  final Map<String, String> definitions = new HashMap<>();
  private final Map<String, EventLog.Append> claims = new HashMap<>();
  private final SimulatedTime time;
  private final Random random;
  final Map<RunKey, List<Instant>> loads = new HashMap<>();
  int lossPercent;
  int page = 7;
  Duration loadTakes = Duration.ZERO;

  /** What the log has against an append; null: nothing. */
  Function<EventLog.Append, @Nullable Fault> refusal = _ -> null;

  /** What comes instead of the answer to an append that was kept; null: the answer. */
  Function<EventLog.Append, @Nullable Fault> instead = _ -> null;

  /** Runs that cannot be loaded. */
  Predicate<RunKey> damaged = _ -> false;

  Instant awayUntil = Instant.EPOCH;
  int appends;
  int duplicates;
  int duePages;

  /** One stream with its row. */
  static final class Stream {
    final List<EventLog.Identified> events = new ArrayList<>();
    final List<String> appendIds = new ArrayList<>();
    @Nullable Workflow snapshot;
    long snapshotVersion;
    @Nullable RunRow row;
    @Nullable Instant due;
  }

  ModelLog(SimulatedTime time, Random random) {
    this.time = time;
    this.random = random;
  }

  /** The log as one life of a process sees it. */
  EventLog seenBy(SimulatedTime.Life life) {
    return new Seen(life);
  }

  private void apply(EventLog.Append append) {
    Fault refused = refusal.apply(append);
    if (refused != null) {
      throw refused;
    }
    RunKey key = RunKey.of(append.run());
    Stream stream = streams.getOrDefault(key, new Stream());
    if (stream.appendIds.contains(append.appendId())) {
      duplicates++;
      return;
    }
    claim(append);
    if (stream.events.size() != append.expectedVersion()) {
      throw Fault.of(Fault.Kind.CONFLICT, "VERSION_CONFLICT", "The stream has moved on.");
    }
    appends++;
    streams.put(key, stream);
    stream.events.addAll(append.events());
    stream.appendIds.add(append.appendId());
    stream.row = append.row();
    stream.due = append.row().dueIn() == null ? null : time.now().plus(append.row().dueIn());
    if (append.snapshot() != null) {
      stream.snapshot = append.snapshot();
      stream.snapshotVersion = stream.events.size();
    }
    Fault lost = instead.apply(append);
    if (lost != null) {
      throw lost;
    }
  }

  private void claim(EventLog.Append append) {
    EventLog.Submitted submitted = append.submission();
    if (submitted == null) {
      return;
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("WORKFLOW_ID_TAKEN", "w:" + append.run().workflow().value());
    if (submitted.requestId() != null) {
      wanted.put("REQUEST_ID_TAKEN", "r:" + submitted.requestId());
    }
    wanted.forEach((reason, claim) -> {
      EventLog.Append holder = claims.get(claim);
      if (holder != null) {
        throw taken(reason, holder);
      }
    });
    wanted.values().forEach(claim -> claims.put(claim, append));
    if (submitted.definition() != null) {
      definitions.put(submitted.fingerprint().definitionHash(), submitted.definition());
    }
  }

  private static Fault taken(String reason, EventLog.Append holder) {
    EventLog.Submitted by = java.util.Objects.requireNonNull(holder.submission());
    return Fault.of(Fault.Kind.CONFLICT, reason, "The claim is taken.")
        .with("workflow_id", holder.run().workflow().value())
        .with("run_id", holder.run().id().value())
        .with("definition_hash", by.fingerprint().definitionHash())
        .with("input_hash", by.fingerprint().inputHash())
        .with("labels_hash", by.fingerprint().labelsHash());
  }

  /** The state of a run as its events tell it. */
  Workflow state(RunKey key) {
    List<Event> events = streams.get(key).events.stream().map(EventLog.Identified::event).toList();
    return WorkflowRules.evolve(new Workflow.Absent(), events);
  }

  private final class Seen implements EventLog {
    private final SimulatedTime.Life life;

    Seen(SimulatedTime.Life life) {
      this.life = life;
    }

    /** A request takes effect halfway to its answer, if it gets there; the answer may be lost. */
    private <T> CompletionStage<T> call(Supplier<T> effect) {
      return call(Duration.ofMillis(random.nextInt(5)), effect);
    }

    private <T> CompletionStage<T> call(Duration half, Supplier<T> effect) {
      boolean lostGoing = random.nextInt(100) < lossPercent || time.now().isBefore(awayUntil);
      boolean lostComing = random.nextInt(100) < lossPercent;
      Object[] outcome = new Object[1];
      if (!lostGoing) {
        time.after(half, () -> outcome[0] = attempt(effect));
      }
      return life.answer(
          half.multipliedBy(2),
          () -> {
            if (lostGoing || lostComing) {
              throw Fault.unavailable("GRPC_UNAVAILABLE", "The network is away.", null);
            }
            if (outcome[0] instanceof RuntimeException failure) {
              throw failure;
            }
            @SuppressWarnings("unchecked")
            T value = (T) outcome[0];
            return value;
          });
    }

    private @Nullable Object attempt(Supplier<?> effect) {
      try {
        return effect.get();
      } catch (RuntimeException failure) {
        return failure;
      }
    }

    @Override
    @SuppressWarnings("NullAway")
    public CompletionStage<Void> append(Append append) {
      return call(() -> {
        apply(append);
        return null;
      });
    }

    @Override
    public CompletionStage<Loaded> load(RunKey key) {
      loads.computeIfAbsent(key, _ -> new ArrayList<>()).add(time.now());
      Duration half = loadTakes.isZero() ? Duration.ofMillis(random.nextInt(5)) : loadTakes;
      return call(
          half,
          () -> {
            if (damaged.test(key)) {
              throw Fault.broken(new IllegalStateException("The history is damaged."));
            }
            Stream stream = streams.get(key);
            if (stream == null) {
              throw Fault.notFound("STREAM_NOT_FOUND", "There is no such stream.");
            }
            Workflow from = stream.snapshot == null ? new Workflow.Absent() : stream.snapshot;
            List<Event> rest =
                stream.events.subList((int) stream.snapshotVersion, stream.events.size()).stream()
                    .map(Identified::event)
                    .toList();
            return new Loaded(
                WorkflowRules.evolve(from, rest), stream.events.size(), stream.snapshotVersion);
          });
    }

    @Override
    public CompletionStage<String> definition(String hash) {
      return call(() -> {
        String text = definitions.get(hash);
        if (text == null) {
          throw Fault.notFound("DEFINITION_NOT_FOUND", "There is no such definition.");
        }
        return text;
      });
    }

    @Override
    public CompletionStage<List<Pointer>> unfinished(
        Set<Integer> shards, String afterRunId, int limit) {
      return call(() ->
          streams.entrySet().stream()
              .filter(entry -> entry.getKey().runId().compareTo(afterRunId) > 0)
              .filter(entry -> !row(entry.getValue()).finished())
              .filter(entry -> shards.contains(entry.getKey().shard()))
              .limit(Math.min(limit, page))
              .map(entry -> pointer(entry.getKey(), entry.getValue()))
              .toList());
    }

    @Override
    public CompletionStage<Page> due(Set<Integer> shards, String token, int limit) {
      return call(() -> {
        duePages++;
        var due = new TreeMap<String, RunKey>();
        streams.forEach((key, stream) -> {
          if (!row(stream).finished()
              && shards.contains(key.shard())
              && stream.due != null
              && !stream.due.isAfter(time.now())) {
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
      });
    }

    private Pointer pointer(RunKey key, Stream stream) {
      Duration dueIn = stream.due == null ? null : Duration.between(time.now(), stream.due);
      return new Pointer(key, stream.events.size(), row(stream).state().name(), dueIn);
    }

    private static RunRow row(Stream stream) {
      return java.util.Objects.requireNonNull(stream.row);
    }
  }
}
