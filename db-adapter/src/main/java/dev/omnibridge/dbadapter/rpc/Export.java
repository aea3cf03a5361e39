// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** The pages of a question, one after the other. */
final class Export {
  private static final int PAGE = 1000;

  private final Function<QueryEventsRequest, Future<QueryEventsResponse>> queries;
  private final QueryEventsRequest.Builder question;

  Export(
      Function<QueryEventsRequest, Future<QueryEventsResponse>> queries,
      ExportEventsRequest request) {
    this.queries = queries;
    this.question = request.getQuestion().toBuilder();
    if (question.getPageSize() == 0) {
      question.setPageSize(PAGE);
    }
  }

  /** A question that is refused at once is refused by a future, too. */
  Future<Pages.Page<ExportEventsResponse>> next() {
    return Future.succeededFuture(question.build()).compose(queries::apply).map(this::part);
  }

  private Pages.Page<ExportEventsResponse> part(QueryEventsResponse page) {
    String cursor = page.getNextPageToken();
    question.setPageToken(cursor);
    var part =
        ExportEventsResponse.newBuilder().addAllEvents(page.getEventsList()).setCursor(cursor);
    return new Pages.Page<>(List.of(part.build()), cursor.isEmpty());
  }
}
