// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.QueryEventsRequest;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.dbadapter.query.Cut;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.query.TimeWalk;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Fills one page slice by slice. When its time is over the page is what was found by then, and the
 * next one goes on, so that no question, however rare its answers, holds a connection for long.
 */
final class TimeScan {
  private static final long WORK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventQueries queries;
  private final QueryEventsRequest question;
  private final Cut cut;
  private final int limit;
  private final long began = System.nanoTime();
  private final List<RecordedEvent> found = new ArrayList<>();
  private final Promise<QueryEventsResponse> answer = Promise.promise();
  private int bytes;

  TimeScan(EventQueries queries, QueryEventsRequest question, Cut cut, int limit) {
    this.queries = queries;
    this.question = question;
    this.cut = cut;
    this.limit = limit;
  }

  Future<QueryEventsResponse> from(TimeWalk walk) {
    step(walk);
    return answer.future();
  }

  private void step(TimeWalk walk) {
    boolean full = found.size() >= limit || bytes >= PageSize.MAX_BYTES;
    if (walk.ended() || full || System.nanoTime() - began > WORK_NANOS) {
      finish(walk);
      return;
    }
    queries
        .seen(walk.next(), question.getOldestFirst())
        .onSuccess(seen -> {
          if (walk.tooWide(seen)) {
            step(walk.narrower());
          } else {
            read(walk, seen);
          }
        })
        .onFailure(answer::fail);
  }

  private void read(TimeWalk walk, int seen) {
    if (seen == 0) {
      step(walk.behind(walk.next(), 0));
      return;
    }
    int room = limit - found.size();
    int bytesLeft = PageSize.MAX_BYTES - bytes;
    queries
        .read(question, walk, cut, room, bytesLeft)
        .onSuccess(rows -> take(walk, seen, EventPage.of(rows, room)))
        .onFailure(answer::fail);
  }

  private void take(TimeWalk walk, int seen, EventPage page) {
    found.addAll(page.events());
    bytes += page.bytes();
    if (page.more()) {
      RecordedEvent last = page.last();
      step(walk.behind(Times.of(last.getOccurredAt()), last.getLane(), last.getPosition()));
    } else {
      step(walk.behind(walk.next(), seen));
    }
  }

  private void finish(TimeWalk walk) {
    var page = QueryEventsResponse.newBuilder().addAllEvents(found);
    if (!walk.ended()) {
      var place = new ArrayList<>(walk.place());
      place.add(cut.text());
      page.setNextPageToken(queries.token(question, place));
    }
    answer.complete(page.build());
  }
}
