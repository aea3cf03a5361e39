// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.testkit.Thresholds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many workflows are unfinished at the same moment: each looks for a stamp that is not there yet,
 * waits, and looks again. When it is there, all complete.
 */
@Order(Story.ORDER)
@ExtendWith(Renewal.class)
class TenThousandWorkflowsIT {
  private static final int CLIENTS = 16;
  private static final Duration SUBMIT_LIMIT = Duration.ofMinutes(3);
  private static final Duration END_LIMIT = Duration.ofMinutes(6);
  private static final String DEFINITION =
      """
      document: {dsl: 1.0.0, namespace: stories, name: wait-for-a-stamp, version: 1.0.0}
      do:
        - gate:
            try:
              - look: {call: verify, with: {hash: "${ .hash }"}}
            catch:
              errors: {with: {status: 404}}
              retry: {delay: {milliseconds: %d}, jitter: {from: {milliseconds: 0}, to: {milliseconds: %d}}, limit: {attempt: {count: 100}}}
        - done: {set: {seen: true}}
      """;

  /** Runs whose journal is not whole, or whose row does not say the same. */
  private static final String BROKEN =
      """
      select count(*) from workflow_executions w left join lateral (
        select count(*) as events, max(version) as newest,
               count(*) filter (where type like '%%.step-completed.v1') as outcomes,
               count(*) filter (where type like '%%.completed.v1' and type not like '%%step%%') as ends,
               count(*) filter (where version = 1 and type like '%%.workflow.started.v1') as starts
          from events e where e.stream_key = (select stream_key from streams s
            where s.kind = 'workflow' and s.namespace = w.namespace and s.id = w.run_id::text)) as j on true
       where w.namespace = ?
         and not (w.current_state = 'COMPLETED' and w.workflow_steps_executed = 1 and w.version = j.events
                  and j.newest = j.events and j.outcomes = 1 and j.ends = 1 and j.starts = 1)
      """
          .replace("%%", "%");

  @Test
  void shouldHoldHundredsOfWorkflowsUnfinishedAndCompleteAllOfThem() throws Exception {
    long here = ProcessHandle.current().pid();
    var stack = Deployment.shared(Way.ONE_PROCESS).stack();
    var unused = holdAndComplete(stack, 300, Duration.ofSeconds(3), () -> residentKib(here));
  }

  @Test
  @Tag("long")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void shouldHoldTenThousandWorkflowsUnfinishedAndCompleteAllOfThem() throws Exception {
    try (SuiteProcess suite = SuiteProcess.up(OneSuite.directory("ten-thousand"), Map.of());
        Stack stack = suite.client()) {
      long held =
          holdAndComplete(stack, 10_000, Duration.ofSeconds(60), () -> residentKib(suite.pid()));
      // Whatever this run's infrastructure is, `up` brings its own.
      var thresholds = Thresholds.ofThisRun("one process, embedded servers").part();
      thresholds.count("concurrent_workflows", held);
      thresholds.shouldBeKept("concurrent_workflows");
    }
  }

  /** How many were unfinished at one moment. */
  private static long holdAndComplete(Stack stack, int count, Duration delay, Callable<Long> memory)
      throws Exception {
    String namespace = "many-" + UUID.randomUUID();
    String text = "What they wait for: " + namespace + "\n";
    String hash = Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).hex();
    String definition = DEFINITION.formatted(delay.toMillis(), delay.toMillis() / 2);
    long before = memory.call();
    long began = System.nanoTime();
    submitAll(stack, namespace, definition, hash, count);
    double submitted = seconds(began);

    await()
        .atMost(SUBMIT_LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> pending(stack, namespace) == 0);
    long unfinished = begun(stack, namespace);
    assertThat(unfinished).as("begun and unfinished at one moment").isEqualTo(count);
    long at = memory.call();

    var unused =
        stack
            .stamping()
            .createStamp(
                CreateStampRequest.newBuilder()
                    .setContent(ByteString.copyFromUtf8(text))
                    .setOptions(StampOptions.newBuilder().setNamespace(namespace))
                    .build());
    long opened = System.nanoTime();
    await()
        .atMost(END_LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> unfinished(stack, namespace) == 0);
    double completed = seconds(opened);

    assertThat(
            stack.count("select count(*) from workflow_executions where namespace = ?", namespace))
        .isEqualTo(count);
    assertThat(stack.count(BROKEN, namespace)).as("runs that are not whole").isZero();
    System.out.printf(
        "%d workflows unfinished at once: submitted in %.1f s (%.0f/s), completed %.1f s after the"
            + " stamp was there; its process had %d MiB before, %d MiB with all of them, %d MiB at"
            + " the end%n",
        unfinished,
        submitted,
        count / submitted,
        completed,
        before / 1024,
        at / 1024,
        memory.call() / 1024);
    return unfinished;
  }

  private static void submitAll(
      Stack stack, String namespace, String definition, String hash, int count) throws Exception {
    var next = new AtomicInteger();
    try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < CLIENTS; i++) {
        work.add(() -> {
          int done = 0;
          while (next.getAndIncrement() < count) {
            var unused =
                stack
                    .workflows()
                    .submitWorkflow(
                        Submissions.of(namespace, definition, Map.of("hash", hash)).build());
            done++;
          }
          return done;
        });
      }
      int all = 0;
      for (var each : clients.invokeAll(work)) {
        all += each.get();
      }
      assertThat(all).isEqualTo(count);
    }
  }

  private static long unfinished(Stack stack, String namespace) throws Exception {
    return stack.count(
        "select count(*) from workflow_executions where namespace = ? and not finished", namespace);
  }

  /** Accepted, and not begun. */
  private static long pending(Stack stack, String namespace) throws Exception {
    return stack.count(
        "select count(*) from workflow_executions where namespace = ? and current_state = 'PENDING'",
        namespace);
  }

  private static long begun(Stack stack, String namespace) throws Exception {
    return stack.count(
        "select count(*) from workflow_executions where namespace = ?"
            + " and current_state in ('RUNNING', 'WAITING')",
        namespace);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** What a process has in memory, as Linux counts it; the database's processes not among it. */
  private static long residentKib(long pid) throws Exception {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
