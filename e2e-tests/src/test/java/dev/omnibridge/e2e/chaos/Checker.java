// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import dev.omnibridge.e2e.chaos.Violation.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds every broken promise in what is left of a run; looks at nothing but that. */
final class Checker {
  private final List<Violation> violations = new ArrayList<>();

  private Checker() {}

  static List<Violation> check(Evidence evidence) {
    var checker = new Checker();
    new LogChecks(evidence.log(), checker).run();
    new EffectChecks(evidence, checker).run();
    new EmitChecks(evidence, checker).run();
    new StampChecks(evidence, checker).run();
    new ClaimChecks(evidence, checker).run();
    new KafkaChecks(evidence, checker).run();
    checker.rest(evidence);
    return List.copyOf(checker.violations);
  }

  private void rest(Evidence evidence) {
    for (Kept.Run run : evidence.kept().runs()) {
      unless(
          run.finished(),
          Promise.NOTHING_UNFINISHED,
          "%s is %s at version %d",
          run.stream(),
          run.state(),
          run.version());
    }
    Logged log = evidence.log();
    log.heads()
        .forEach((lane, next) -> {
          long relayed = log.relayed().getOrDefault(lane, 0L);
          unless(
              lane >= Logged.FIRST_INBOX_LANE || relayed == next - 1,
              Promise.BACKLOG_EMPTY,
              "lane %d is relayed up to %d of %d",
              lane,
              relayed,
              next - 1);
        });
    evidence.kept().letters().forEach(letter -> add(Promise.NO_DEAD_LETTER, letter));
    evidence.restless().forEach(what -> add(Promise.AT_REST, what));
  }

  /** Takes note of a broken promise when the condition does not hold. */
  void unless(boolean kept, Promise promise, String what, @Nullable Object... arguments) {
    if (!kept) {
      add(promise, what.formatted(arguments));
    }
  }

  private void add(Promise promise, String what) {
    violations.add(new Violation(promise, what));
  }
}
