// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.DeadLetterFilter;
import dev.omnibridge.api.log.v1.DeadLetterState;
import dev.omnibridge.bridge.view.Amounts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant; what is given must all match. */
final class LetterFilterOptions {
  /** States by the names that people write. */
  enum State {
    OPEN,
    REDRIVING,
    REDRIVEN,
    DISCARDED,
    ANY
  }

  static final String[] NAMES = {
    "--topic",
    "--consumer",
    "--error-class",
    "--error-reason",
    "--correlation",
    "--type",
    "--state",
    "--since",
    "--until"
  };

  @Option(names = "--topic", paramLabel = "NAME", description = "Of records of this topic.")
  private String topic = "";

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      description = "That this one gave up, like reducer.")
  private String consumer = "";

  @Option(
      names = "--error-class",
      paramLabel = "CLASS",
      description = "POISON (can never be processed) or RETRYABLE (tried too often).")
  private String errorClass = "";

  @Option(
      names = "--error-reason",
      paramLabel = "REASON",
      description = "Like ENVELOPE_MALFORMED; docs/ERRORS.md has them.")
  private String errorReason = "";

  @Option(names = "--correlation", paramLabel = "UUID", description = "What one request caused.")
  private String correlation = "";

  @Option(names = "--type", paramLabel = "TYPE", description = "Of events of this exact type.")
  private String type = "";

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "open, redriving, redriven, discarded or any (default: ${DEFAULT-VALUE}).")
  private State state = State.OPEN;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Given up at or after, like 2026-11-21T10:00:00Z, or 10m for ten minutes ago.")
  private @Nullable Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "Given up before that time.")
  private @Nullable Instant until;

  DeadLetterFilter filter() {
    var filter =
        DeadLetterFilter.newBuilder()
            .setTopic(topic)
            .setConsumer(consumer)
            .setErrorClass(errorClass)
            .setErrorReason(errorReason)
            .setCorrelationId(correlation)
            .setEventType(type);
    if (state != State.ANY) {
      filter.setState(DeadLetterState.valueOf("DEAD_LETTER_STATE_" + state));
    }
    if (since != null) {
      filter.setSince(Amounts.timestamp(since));
    }
    if (until != null) {
      filter.setUntil(Amounts.timestamp(until));
    }
    return filter.build();
  }

  /** The times as options, absolute: "10m" is another moment each time that it is said. */
  String times() {
    return (since == null ? "" : " --since " + since) + (until == null ? "" : " --until " + until);
  }
}
