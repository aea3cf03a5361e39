// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.api.event.v1.RecordedEvent;
import dev.omnibridge.api.log.v1.QueryEventsResponse;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Events of a page, out of rows that were cut by bytes and of which one more than the limit was
 * asked for.
 *
 * @param more whether something follows
 * @param bytes that they take in an answer
 */
record EventPage(List<RecordedEvent> events, boolean more, int bytes) {

  static EventPage of(RowSet<Row> rows, int limit) {
    var events = new ArrayList<RecordedEvent>();
    boolean more = false;
    int bytes = 0;
    for (Row row : rows) {
      if (events.size() == limit) {
        break;
      }
      events.add(EventRows.event(row));
      more = row.getBoolean("followed");
      bytes += row.getInteger("bytes");
    }
    return new EventPage(events, more, bytes);
  }

  RecordedEvent last() {
    return events.getLast();
  }

  QueryEventsResponse answer(String nextPageToken) {
    return QueryEventsResponse.newBuilder()
        .addAllEvents(events)
        .setNextPageToken(nextPageToken)
        .build();
  }
}
