// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.demo;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.Workflow;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.Crew;
import dev.omnibridge.bridge.client.WorkflowWatch;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.demo.Batches.Batch;
import dev.omnibridge.bridge.view.EventLine;
import dev.omnibridge.bridge.view.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Submits the demo's workflow and watches it to its end. */
final class Runs {
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final int STEPS_PER_FILE = 2;

  private final Client client;
  private final Progress progress;
  private final AtomicLong stamped = new AtomicLong();
  private final AtomicLong analysed = new AtomicLong();

  Runs(Client client, Progress progress) {
    this.client = client;
    this.progress = progress;
  }

  /** A run that was accepted. */
  record Accepted(Batch batch, Workflow workflow) {}

  /**
   * Starts one run per batch, under fresh ids, so that work is really done. The correlation id
   * tells what they caused.
   */
  List<Accepted> submit(
      String definition, List<Batch> batches, String namePrefix, UUID correlation) {
    var accepted = new ArrayList<Accepted>();
    for (int i = 0; i < batches.size(); i++) {
      String id = batches.size() == 1 ? namePrefix : namePrefix + "-" + (i + 1);
      var request =
          SubmitWorkflowRequest.newBuilder()
              .setWorkflowId(id)
              .setRequestId(UUID.randomUUID().toString())
              .setCorrelationId(correlation.toString())
              .setDefinition(definition)
              .setInput(batches.get(i).input())
              .putLabels("purpose", "demo")
              .build();
      var answer = new Workflows(client).submit(request);
      accepted.add(new Accepted(batches.get(i), answer.getWorkflow()));
    }
    return accepted;
  }

  /** Follows all of them to their ends, and shows how far they are. */
  List<FinishedRun> watch(List<Accepted> accepted) {
    long steps =
        accepted.stream()
            .mapToLong(run -> (long) STEPS_PER_FILE * run.batch().files().size())
            .sum();
    return Crew.map(accepted, accepted.size(), run -> watch(run, steps));
  }

  private FinishedRun watch(Accepted run, long steps) {
    var key = Workflows.key(run.workflow().getNamespace(), run.workflow().getRunId());
    var events = new ArrayList<RecordedEvent>();
    new WorkflowWatch(client, key, 0, LIMIT)
        .forEach(event -> {
          events.add(event);
          show(event, steps);
        });
    Workflow ended = new Workflows(client).get(key);
    if (!Workflows.isFinished(ended)) {
      throw new CliFailure(
          ExitCode.FAILED,
          "The events of %s ended before the workflow did.".formatted(ended.getWorkflowId()));
    }
    return new FinishedRun(run.batch(), ended, List.copyOf(events));
  }

  private void show(RecordedEvent event, long steps) {
    if (!FinishedRun.isStep(event)) {
      return;
    }
    switch (EventLine.payload(event).path("function").asText()) {
      case "stamp" -> stamped.incrementAndGet();
      case "analyze" -> analysed.incrementAndGet();
      default -> {
        return;
      }
    }
    progress.update(
        stamped.get() + analysed.get(),
        steps,
        "%d stamped, %d analysed".formatted(stamped.get(), analysed.get()));
  }
}
