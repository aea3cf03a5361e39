// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.omnibridge.orchestrator.run.Trace.Kind;
import dev.omnibridge.runtime.Fault;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Clients that submit, each under one request id, at one node after the other until one tells them
 * the run; and that cancel runs which they know.
 */
final class SimClients {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Set<Fault.Kind> MAY_COME =
      Set.of(Fault.Kind.UNAVAILABLE, Fault.Kind.TIMEOUT, Fault.Kind.EXHAUSTED);

  private final SimWorld world;

  /** The runs that clients were told, by the client. */
  final Map<String, RunKey> accepted = new TreeMap<>();

  private int submitters;

  SimClients(SimWorld world) {
    this.world = world;
  }

  boolean allAccepted() {
    return accepted.size() == submitters;
  }

  Set<RunKey> runs() {
    return new HashSet<>(accepted.values());
  }

  /** Submits from then on; every other client chooses the workflow id, too. */
  void submit(Duration after, String definition) {
    submit(after, definition, world.random.nextInt(world.nodes.size()));
  }

  /** At that node first. */
  void submit(Duration after, String definition, int at) {
    String id = "w" + submitters;
    Submission submission =
        new Submission(
            "tests",
            submitters++ % 2 == 0 ? id : null,
            "request-" + id,
            definition,
            JsonNodeFactory.instance.objectNode().put("n", submitters),
            "00000000-0000-7000-8000-000000000001",
            null,
            Map.of());
    world.time.after(after, () -> ask(id, submission, at));
  }

  private void ask(String id, Submission submission, int at) {
    if (accepted.containsKey(id)) {
      return;
    }
    boolean[] again = {false};
    Runnable elsewhere =
        () -> {
          if (!again[0]) {
            again[0] = true;
            ask(id, submission, (at + 1) % world.nodes.size());
          }
        };
    SimLife life = world.nodes.get(at).life();
    if (life == null) {
      world.time.after(world.faults.millis(500), elsewhere);
      return;
    }
    world.time.after(PATIENCE, elsewhere);
    life.enterAfter(
        world.faults.millis(5),
        Kind.CLIENT_ASKED,
        () -> {
          var unused =
              life.workflows()
                  .submit(submission)
                  .whenComplete((result, failure) ->
                      world.trace.pass(
                          life,
                          Kind.CLIENT_ANSWERED,
                          () -> answered(id, result, failure, elsewhere)));
        });
  }

  private void answered(
      String id, Submission.@Nullable Result result, @Nullable Throwable failure, Runnable again) {
    if (result == null) {
      Fault fault = fault(failure);
      boolean mayCome = MAY_COME.contains(fault.kind()) || fault.is("RUNNER_UNKNOWN");
      world.invariants.must(mayCome, "submission answered with", fault.reason());
      world.time.after(world.faults.millis(1000), again);
      return;
    }
    world.invariants.acknowledged(result);
    if (!world.faults.happens(world.faults.lost)) {
      world.time.after(world.faults.millis(5), () -> accepted(id, result));
    }
  }

  private void accepted(String id, Submission.Result result) {
    RunKey key =
        switch (result) {
          case Submission.Result.Started(RunRow row) -> RunKey.of(row.run());
          case Submission.Result.Existed(RunKey existed) -> existed;
        };
    RunKey before = accepted.putIfAbsent(id, key);
    world.invariants.must(before == null || before.equals(key), "two runs of one request", id);
  }

  private static Fault fault(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause instanceof Fault fault ? fault : Fault.broken(new AssertionError(cause));
  }

  /** Asks some node to cancel some run that is known then. */
  void cancel() {
    SimLife life = world.nodes.get(world.random.nextInt(world.nodes.size())).life();
    if (life == null || accepted.isEmpty()) {
      return;
    }
    var known = accepted.values().toArray(RunKey[]::new);
    RunKey key = known[world.random.nextInt(known.length)];
    life.enter(
        Kind.CLIENT_ASKED,
        () -> {
          var unused =
              life.workflows()
                  .cancel(key, "enough")
                  .whenComplete((row, failure) ->
                      world.trace.pass(
                          life, Kind.CLIENT_ANSWERED, () -> cancelled(key, row, failure)));
        });
  }

  private void cancelled(RunKey key, @Nullable RunRow row, @Nullable Throwable failure) {
    if (row != null) {
      world.invariants.acknowledgedCancel(key, row);
      return;
    }
    Fault fault = fault(failure);
    boolean ended = fault.is("WORKFLOW_FINISHED") && world.log.streams.get(key).row().finished();
    boolean mayCome = MAY_COME.contains(fault.kind()) || fault.kind() == Fault.Kind.CONFLICT;
    world.invariants.must(ended || mayCome, "cancel answered with", fault.reason());
  }
}
