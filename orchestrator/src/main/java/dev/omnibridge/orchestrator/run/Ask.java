// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.orchestrator.run;

import dev.omnibridge.orchestrator.run.EventLog.Submitted;
import dev.omnibridge.orchestrator.workflow.Command;
import dev.omnibridge.runtime.Fault;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A command with its answer, what a submission brings along, and what the log has said so far.
 *
 * <p>{@code command} is what is decided at the moment: what was asked, or, when that cannot be
 * decided or the log refuses what it leads to, the end of the run.
 */
final class Ask {
  /** After so many answers in a row that something is broken, it is taken to be this append. */
  private static final int MAX_BROKEN = 10;

  final Command asked;
  Command command;
  final @Nullable Submitted submission;
  final CompletableFuture<RunRow> answer = new CompletableFuture<>();
  int conflicts;
  private int broken;
  private boolean sent;
  private boolean inDoubt;

  Ask(Command asked, @Nullable Submitted submission) {
    this.asked = asked;
    this.command = asked;
    this.submission = submission;
  }

  /** Nobody but the shell could do something about it. */
  boolean ofTheShell() {
    return !(asked instanceof Command.Submit || asked instanceof Command.Cancel);
  }

  /** Takes note of what became of one try to append. */
  void heard(Fault fault) {
    broken = fault.kind() == Fault.Kind.BROKEN ? broken + 1 : 0;
    boolean untouched = notTried(fault) || "false".equals(fault.facts().get(Fault.SENT));
    sent |= !untouched;
    inDoubt |=
        switch (fault.kind()) {
          case UNAVAILABLE -> !untouched;
          case TIMEOUT, CANCELLED -> true;
          case INVALID, NOT_FOUND, EXISTS, REFUSED, CONFLICT -> false;
          case EXHAUSTED, OUT_OF_RANGE, BROKEN -> false;
        };
  }

  /**
   * Refused for what it is, or never sent; then a submission is the client's matter again. While a
   * log that cannot be reached may be one that only changes places, it is tried some times more.
   */
  boolean surelyNotAppended(Fault fault) {
    return !sent && notTried(fault) || neverAppended(fault);
  }

  /** Not sent for the state of the log, or refused by it for the state of its database. */
  private static boolean notTried(Fault fault) {
    return fault.is("CIRCUIT_OPEN") || "false".equals(fault.facts().get(Fault.TRIED));
  }

  /**
   * Refused for what it is, and so it would be again. A submission that an earlier try may have
   * appended is not given up for a log that is broken: nobody would work on the run.
   */
  boolean neverAppended(Fault fault) {
    return switch (fault.kind()) {
      case INVALID, NOT_FOUND, EXISTS, REFUSED, OUT_OF_RANGE -> true;
      case CONFLICT, EXHAUSTED, UNAVAILABLE, TIMEOUT, CANCELLED -> false;
      case BROKEN -> broken > MAX_BROKEN && !(submission != null && inDoubt);
    };
  }
}
