// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.rpc;

import dev.omnibridge.api.log.v1.ExportEventsRequest;
import dev.omnibridge.api.log.v1.ExportEventsResponse;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.runtime.rpc.Replies;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * Streams the pages of a question: the next one is read when there is room for it, so a slow caller
 * holds a page of memory and no connection. Lives on one context.
 */
final class Export {
  private static final int PAGE = 1000;

  private final Context context;
  private final Function<QueryEventsRequest, Future<QueryEventsResponse>> queries;
  private final ServerCallStreamObserver<ExportEventsResponse> out;
  private final QueryEventsRequest question;
  private String cursor;
  private boolean busy;
  private boolean ended;

  Export(
      Context context,
      Function<QueryEventsRequest, Future<QueryEventsResponse>> queries,
      ServerCallStreamObserver<ExportEventsResponse> out,
      ExportEventsRequest request) {
    this.context = context;
    this.queries = queries;
    this.out = out;
    this.question = request.getQuestion();
    this.cursor = question.getPageToken();
  }

  void begin() {
    out.setOnCancelHandler(() -> context.runOnContext(_ -> ended = true));
    out.setOnReadyHandler(() -> context.runOnContext(_ -> pump()));
    context.runOnContext(_ -> pump());
  }

  private void pump() {
    if (busy || ended || !out.isReady()) {
      return;
    }
    busy = true;
    page().onSuccess(this::send).onFailure(this::fail);
  }

  /** A question that is refused at once is refused by a future, too. */
  private Future<QueryEventsResponse> page() {
    var asked = question.toBuilder().setPageToken(cursor);
    if (asked.getPageSize() == 0) {
      asked.setPageSize(PAGE);
    }
    return Future.succeededFuture(asked.build()).compose(queries::apply);
  }

  private void send(QueryEventsResponse page) {
    busy = false;
    if (ended) {
      return;
    }
    cursor = page.getNextPageToken();
    out.onNext(
        ExportEventsResponse.newBuilder()
            .addAllEvents(page.getEventsList())
            .setCursor(cursor)
            .build());
    if (cursor.isEmpty()) {
      ended = true;
      out.onCompleted();
      return;
    }
    pump();
  }

  private void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      Replies.fail(out, failure);
    }
  }
}
