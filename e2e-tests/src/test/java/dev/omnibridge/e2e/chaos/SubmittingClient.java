// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.api.workflow.v1.SubmitWorkflowRequest;
import dev.omnibridge.api.workflow.v1.SubmitWorkflowResponse;
import dev.omnibridge.api.workflow.v1.WorkflowServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Submits workflows, some of them a second time though they were acknowledged. */
final class SubmittingClient extends Client {
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final int ONE_IN = 5;

  private final Caller caller;
  private final Random random;
  private final Queue<Claims.Submission> claims = new ConcurrentLinkedQueue<>();
  private final Caller other;
  private int turn;

  SubmittingClient(int number, List<String> addresses, long pauseMillis, long seed) {
    super("submits-" + number, pauseMillis);
    this.caller = new Caller(addresses, over);
    this.other = new Caller(addresses, over);
    this.random = new Random(seed * 31 + number);
    this.turn = number;
    (number % 2 == 1 ? caller : other).elsewhere();
  }

  @Override
  void once() throws Exception {
    Orders.Order order = Orders.inTurn(turn++, random);
    SubmitWorkflowRequest request = order.requests().getFirst();
    var answers = new Answers();
    boolean known =
        order.requests().size() == 1
            ? submit(caller, request, answers)
            : atOnce(request, order.requests().getLast(), answers);
    if (known && random.nextInt(ONE_IN) == 0) {
      caller.elsewhere();
      boolean unused = submit(caller, request, answers);
    }
    claims.add(order.claim().answered(List.copyOf(answers.runs), answers.refusals.peek()));
  }

  /** What came of the calls for one order. */
  private static final class Answers {
    private final Queue<String> runs = new ConcurrentLinkedQueue<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  }

  /** As two clients who know nothing of each other, each beginning at another address. */
  private boolean atOnce(SubmitWorkflowRequest one, SubmitWorkflowRequest another, Answers answers)
      throws Exception {
    try (var second = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> told = second.submit(() -> submit(other, another, answers));
      boolean known = submit(caller, one, answers);
      return told.get() && known;
    }
  }

  /** Whether it is known to be taken. */
  private boolean submit(Caller by, SubmitWorkflowRequest request, Answers answers)
      throws InterruptedException {
    Caller.Answer<SubmitWorkflowResponse> answer =
        by.call(channel ->
            WorkflowServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .submitWorkflow(request));
    if (answer.value() != null) {
      answers.runs.add(answer.value().getWorkflow().getRunId());
      acknowledged();
    }
    if (answer.refusal() != null) {
      answers.refusals.add(answer.refusal());
    }
    return answer.value() != null;
  }

  List<Claims.Submission> claims() {
    return List.copyOf(claims);
  }

  long repeats() {
    return caller.repeats() + other.repeats();
  }

  @Override
  public void close() throws InterruptedException {
    caller.close();
    other.close();
  }
}
