// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import dev.omnibridge.api.log.v1.PayloadFilter;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsRequestOrBuilder;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.view.Amounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What verbs take that choose events. */
final class EventFilters {
  @Option(names = "--correlation", paramLabel = "UUID", description = "What one request caused.")
  private String correlation = "";

  @Option(names = "--causation", paramLabel = "UUID", description = "What one event caused.")
  private String causation = "";

  @Option(names = "--session", paramLabel = "UUID", description = "What a session caused.")
  private String session = "";

  @Option(
      names = "--stream",
      paramLabel = "KIND/NAMESPACE/ID",
      description = "The events of one stream, like workflow/default/<run id>.")
  private String stream = "";

  @Option(
      names = {"--since", "--from"},
      paramLabel = "TIME",
      description = "At or after, like 2026-11-21T10:00:00Z, or 10m for ten minutes ago.")
  private @Nullable Instant since;

  @Option(
      names = {"--until", "--to"},
      paramLabel = "TIME",
      description = "Before that time.")
  private @Nullable Instant until;

  @Option(names = "--type", description = "The exact type; needs another filter beside it.")
  private String type = "";

  @Option(
      names = "--topic",
      description = "The full name of the topic; needs another filter beside it.")
  private String topic = "";

  @Option(names = "--namespace", paramLabel = "NAME", description = "Only of this tenant.")
  private String namespace = "";

  @Option(
      names = "--field",
      paramLabel = "NAME=VALUE",
      description =
          "A field of the payload, like workflow_id=order-7; with a type or another filter.")
  private List<String> fields = new ArrayList<>();

  /** True when nothing but fields, types and topics narrows the question. */
  boolean hasNoBound() {
    return correlation.isEmpty()
        && causation.isEmpty()
        && session.isEmpty()
        && stream.isEmpty()
        && since == null
        && until == null;
  }

  QueryEventsRequest.Builder question() {
    var question =
        QueryEventsRequest.newBuilder()
            .setCorrelationId(correlation)
            .setCausationId(causation)
            .setSessionId(session)
            .setType(type)
            .setTopic(topic)
            .setNamespace(namespace);
    if (!stream.isEmpty()) {
      question.setStream(Streams.named(stream));
    }
    if (since != null) {
      question.setSince(Amounts.timestamp(since));
    }
    if (until != null) {
      question.setUntil(Amounts.timestamp(until));
    }
    fields.forEach(field -> question.addPayload(payload(field)));
    return question;
  }

  /** The times of a question as options, absolute: "1d" is another moment each time it is said. */
  static String times(QueryEventsRequestOrBuilder question) {
    return (question.hasSince() ? " --since " + Amounts.instant(question.getSince()) : "")
        + (question.hasUntil() ? " --until " + Amounts.instant(question.getUntil()) : "");
  }

  private static PayloadFilter payload(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new CliFailure(ExitCode.USAGE, "'%s' is no field; give NAME=VALUE.".formatted(text));
    }
    return PayloadFilter.newBuilder()
        .setField(text.substring(0, equals))
        .setValue(text.substring(equals + 1))
        .build();
  }
}
