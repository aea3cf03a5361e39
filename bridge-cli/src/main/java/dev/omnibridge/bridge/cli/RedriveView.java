// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.log.v1.DeadLetterServiceGrpc;
import dev.omnibridge.api.log.v1.GetRedriveRequest;
import dev.omnibridge.api.log.v1.GetRedriveResponse;
import dev.omnibridge.api.log.v1.Redrive;
import dev.omnibridge.api.log.v1.RedriveDeadLettersResponse;
import dev.omnibridge.api.log.v1.RedriveVerdict;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Progress;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.runtime.rpc.Peer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How redrives are told of, while they are under way, too. */
record RedriveView(Session session) {
  private static final Duration STALLED = Duration.ofSeconds(60);
  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

  /** One redrive that was committed. */
  void queued(Redrive redrive) {
    if (session.json()) {
      session.document(ProtoJson.of(redrive));
      return;
    }
    session.line(
        "letter %d goes to %s again, redrive %d of its record  (request %s)"
            .formatted(
                redrive.getLetterId(),
                OneLine.of(redrive.getTargetTopic()),
                redrive.getNumber(),
                OneLine.of(redrive.getRequestId())));
  }

  /** What is, or would be, redriven and what is not. */
  void verdicts(RedriveDeadLettersResponse answer, boolean dryRun, String requestId, String times) {
    if (session.json()) {
      ObjectNode document = ProtoJson.of(answer);
      session.document(document.put("dryRun", dryRun).put("requestId", requestId));
      return;
    }
    if (dryRun || answer.getSkipped() > 0) {
      var table = new Table(session.palette(), ">LETTER", "VERDICT", "WHY");
      for (RedriveVerdict verdict : answer.getVerdictsList()) {
        boolean skipped = !verdict.getSkipReason().isEmpty();
        if (dryRun || skipped) {
          table.row(
              verdict.getLetterId(),
              skipped ? "SKIP" : "ELIGIBLE",
              skipped ? verdict.getSkipReason() : "");
        }
      }
      session.table(table);
    }
    session.line(
        dryRun
            ? "%s would be redriven, %s would be skipped; nothing was changed"
                .formatted(Amounts.count(answer.getEligible()), Amounts.count(answer.getSkipped()))
            : "%s go to their topics again, %s were skipped  (request %s)"
                .formatted(
                    Amounts.count(answer.getEligible()),
                    Amounts.count(answer.getSkipped()),
                    requestId));
    new WorkflowView(session).more(answer.getNextPageToken(), times);
  }

  /** Until Kafka has all of them; TIMEOUT when it takes none for a while. Gives the exit code. */
  int wait(String requestId, long total) {
    var progress = Progress.of(session.setting(), session.json(), "redriven");
    GetRedriveResponse now = look(requestId);
    long left = now.getQueued();
    long moved = System.nanoTime();
    while (now.getQueued() > 0) {
      if (now.getQueued() < left) {
        left = now.getQueued();
        moved = System.nanoTime();
      } else if (System.nanoTime() - moved > STALLED.toNanos()) {
        progress.clear();
        throw new CliFailure(
            ExitCode.TIMEOUT,
            "Kafka took none of %d for %s; they follow when it does: ./bridge dead-letters history --request %s"
                .formatted(left, Amounts.span(STALLED), requestId));
      }
      progress.update(now.getPublished(), total, "");
      LockSupport.parkNanos(LOOK_NANOS);
      now = look(requestId);
    }
    progress.clear();
    progress(now);
    return now.getRefused() == 0 ? ExitCode.OK.code() : ExitCode.FAILED.code();
  }

  private GetRedriveResponse look(String requestId) {
    return session
        .client()
        .call(
            Peer.DB_ADAPTER,
            DeadLetterServiceGrpc.getGetRedriveMethod(),
            GetRedriveRequest.newBuilder().setRequestId(requestId).build());
  }

  /** How far a redrive is. */
  void progress(GetRedriveResponse now) {
    if (session.json()) {
      session.document(ProtoJson.of(now));
      return;
    }
    session.line(
        "%s published, %s waiting, %s refused by their topics, %s came back as dead letters"
            .formatted(
                Amounts.count(now.getPublished()),
                Amounts.count(now.getQueued()),
                Amounts.count(now.getRefused()),
                Amounts.count(now.getReturned())));
  }

  /** Asks and tells. */
  void progress(String requestId) {
    progress(look(requestId));
  }
}
