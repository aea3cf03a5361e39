// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import java.util.Optional;
import java.util.Set;

/** Which dead letters may be redriven. Force helps against doubt, never against these bounds. */
public final class RedriveRules {
  /** Largest record, with what a redrive adds to it below the 1 MiB that Kafka takes by default. */
  static final int MOST_BYTES = 1_000_000;

  private final Set<String> topics;
  private final int limit;

  /** Redrives go to these topics; a record is redriven at most so often in all. */
  public RedriveRules(Set<String> topics, int limit) {
    this.topics = topics;
    this.limit = limit;
  }

  /**
   * What the rules look at.
   *
   * @param open nothing was done about it yet
   * @param poison it was given up at once, for it can never be processed as it is
   * @param redriveCount how often its record had been redriven before
   * @param bytes about how large the record is
   * @param valueMissing its value was left out, so that it would go with a null one instead
   */
  public record Letter(
      long id,
      String topic,
      boolean open,
      boolean poison,
      int redriveCount,
      long bytes,
      boolean valueMissing) {}

  /** Why the letter may not be redriven; empty if it may. */
  public Optional<Fault> refusal(Letter letter, boolean edited, boolean force) {
    if (!letter.open()) {
      return Optional.of(notOpen(letter.id()));
    }
    if (letter.redriveCount() >= limit) {
      return Optional.of(
          Fault.of(
                  Kind.REFUSED,
                  "REDRIVE_LIMIT_REACHED",
                  "The record of dead letter %d was redriven %d times already; the limit is %d."
                      .formatted(letter.id(), letter.redriveCount(), limit))
              .with("letter_id", letter.id())
              .with("limit", limit));
    }
    if (!topics.contains(letter.topic())) {
      return Optional.of(
          Fault.of(
                  Kind.REFUSED,
                  "REDRIVE_TOPIC_UNKNOWN",
                  "The catalogue has no topic %s to redrive dead letter %d to."
                      .formatted(letter.topic(), letter.id()))
              .with("letter_id", letter.id())
              .with("topic", letter.topic()));
    }
    if (letter.bytes() > MOST_BYTES) {
      return Optional.of(
          Fault.of(
                  Kind.REFUSED,
                  "REDRIVE_TOO_LARGE",
                  "The record of dead letter %d would be too large for its topic."
                      .formatted(letter.id()))
              .with("letter_id", letter.id())
              .with("bytes", letter.bytes()));
    }
    if (letter.valueMissing()) {
      return Optional.of(
          Fault.of(
                  Kind.REFUSED,
                  "REDRIVE_VALUE_OMITTED",
                  "The value of dead letter %d was too large to be kept; give it one to redrive it."
                      .formatted(letter.id()))
              .with("letter_id", letter.id()));
    }
    return letter.poison() && !edited && !force
        ? Optional.of(needsForce(letter.id()))
        : Optional.empty();
  }

  /** The letter is decided on already. */
  public static Fault notOpen(long letterId) {
    return Fault.of(
            Kind.REFUSED,
            "DEAD_LETTER_NOT_OPEN",
            "Dead letter %d is not open; somebody has decided on it.".formatted(letterId))
        .with("letter_id", letterId);
  }

  private static Fault needsForce(long letterId) {
    return Fault.of(
            Kind.REFUSED,
            "REDRIVE_NEEDS_FORCE",
            "Dead letter %d is poison and will fail again as it is; change it, or force it."
                .formatted(letterId))
        .with("letter_id", letterId);
  }
}
