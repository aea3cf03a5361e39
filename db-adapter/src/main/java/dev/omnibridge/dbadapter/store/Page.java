// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.query.PageSize;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page out of rows, cut by number and by bytes. All that the database sends for a question is
 * held at once, so where rows may be large it cuts them itself.
 */
record Page<T>(List<T> items, boolean more) {

  /**
   * The question for rows up to the bytes of a page, at least one, and whether another one follows
   * each. The rows are those that a from clause tells, in an order, up to a limit; only of these
   * are sizes summed, and only what is sent is read whole once more. For {@link #of}, the limit is
   * one more than the page may hold.
   */
  static String question(String columns, String rows, String size, String order, String limit) {
    return question(columns, rows, size, order, limit, Integer.toString(PageSize.MAX_BYTES));
  }

  /** The same up to other bytes. */
  static String question(
      String columns, String rows, String size, String order, String limit, String bytes) {
    return """
    select %1$s, followed
      from (select *, coalesce(sum(%3$s) over before, 0) as bytes_before,
                   lead(true, 1, false) over before as followed
              from (select * from %2$s order by %4$s limit %5$s) as page
            window before as (order by %4$s rows between unbounded preceding and 1 preceding))
             as cut
     where bytes_before < %6$s
     order by %4$s
    """
        .formatted(columns, rows, size, order, limit, bytes);
  }

  /** As many as the page may hold of the rows that were cut by bytes already. */
  static <T> Page<T> of(RowSet<Row> rows, int limit, Function<Row, T> mapping) {
    var items = new ArrayList<T>();
    boolean more = false;
    for (Row row : rows) {
      if (items.size() == limit) {
        break;
      }
      items.add(mapping.apply(row));
      more = row.getBoolean("followed");
    }
    return new Page<>(items, more);
  }

  /** The last item when something follows it. */
  Optional<T> lastOfMore() {
    return more ? Optional.of(items.getLast()) : Optional.empty();
  }
}
