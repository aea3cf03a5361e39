// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.query;

import dev.omnibridge.api.log.v1.PayloadFilter;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.runtime.Fault;
import java.util.Collection;
import java.util.function.Function;

/** Refuses questions that no index could answer. */
public final class Selective {
  private final Function<String, Collection<String>> searchable;

  /** Knows of every type which fields of its payload may be asked for by type and time alone. */
  public Selective(Function<String, Collection<String>> searchable) {
    this.searchable = searchable;
  }

  /**
   * INVALID (FILTER_TOO_WIDE) unless an id, a stream or a start of the time range narrows the
   * question; INVALID (FIELD_NOT_SEARCHABLE) for a field of a payload without an id or a stream,
   * and without a type that declares it.
   */
  public void check(QueryEventsRequest question) {
    if (isIndexed(question)) {
      return;
    }
    if (!question.hasSince()) {
      throw Fault.invalid(
          "FILTER_TOO_WIDE",
          "Name a correlation_id, causation_id, session_id or stream, or say since when.");
    }
    Collection<String> known = searchable.apply(question.getType());
    for (PayloadFilter filter : question.getPayloadList()) {
      if (!known.contains(filter.getField())) {
        throw Fault.invalidField(
                "FIELD_NOT_SEARCHABLE",
                "payload",
                "Events cannot be searched by %s; name a type that declares it, or an id or a stream."
                    .formatted(filter.getField()))
            .with("field", filter.getField())
            .with("type", question.getType());
      }
    }
  }

  /** True when an id or a stream narrows the question, so that an index finds the few events. */
  public static boolean isIndexed(QueryEventsRequest question) {
    return !question.getCorrelationId().isEmpty()
        || !question.getCausationId().isEmpty()
        || !question.getSessionId().isEmpty()
        || question.hasStream();
  }
}
