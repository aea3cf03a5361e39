// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.api.log.v1.TraceEventsRequest;
import dev.omnibridge.api.log.v1.TraceEventsResponse;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.Traces;
import dev.omnibridge.runtime.Fault;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Everything that one correlation id caused, as a tree of bounded size. */
public final class EventTraces {
  private static final int USUAL = 1000;
  private static final int MOST = 5000;
  private static final int PAGE = 1000;
  private static final int MOST_BYTES = 3 << 20;

  private final EventQueries queries;

  public EventTraces(EventQueries queries) {
    this.queries = queries;
  }

  public Future<TraceEventsResponse> trace(TraceEventsRequest request) {
    int most = PageSize.of(request.getMaxEvents(), USUAL, MOST);
    return collect(request.getCorrelationId(), most, "", new ArrayList<>(), 0);
  }

  /** As many pages as there are up to the most; a handful. */
  private Future<TraceEventsResponse> collect(
      String correlation, int most, String token, List<RecordedEvent> found, int bytes) {
    var question =
        QueryEventsRequest.newBuilder()
            .setCorrelationId(correlation)
            .setOldestFirst(true)
            .setPageSize(Math.min(PAGE, most - found.size()))
            .setPageToken(token);
    return queries
        .query(question.build())
        .compose(page -> {
          int size = bytes + take(page, found, bytes);
          String next = page.getNextPageToken();
          boolean full = found.size() >= most || size >= MOST_BYTES;
          return next.isEmpty() || full
              ? Future.succeededFuture(
                  tree(correlation, found, !next.isEmpty() || size > MOST_BYTES))
              : collect(correlation, most, next, found, size);
        });
  }

  /** What fits, and its size; more than the limit when something did not fit. */
  private static int take(QueryEventsResponse page, List<RecordedEvent> found, int before) {
    int size = 0;
    for (RecordedEvent event : page.getEventsList()) {
      size += event.getSerializedSize();
      if (before + size > MOST_BYTES) {
        return size;
      }
      found.add(event);
    }
    return size;
  }

  private static TraceEventsResponse tree(
      String correlation, List<RecordedEvent> found, boolean cut) {
    if (found.isEmpty()) {
      throw Fault.notFound("TRACE_NOT_FOUND", "The log holds no event of that correlation id.")
          .with("correlation_id", correlation);
    }
    return TraceEventsResponse.newBuilder().addAllEvents(Traces.tree(found)).setCut(cut).build();
  }
}
