// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.query.PageSize;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A page out of rows of which one more than the limit was asked for; cut by number and by bytes.
 */
record Page<T>(List<T> items, boolean more) {

  static <T> Page<T> of(
      RowSet<Row> rows, int limit, Function<Row, T> mapping, ToIntFunction<T> size) {
    var items = new ArrayList<T>();
    long bytes = 0;
    for (Row row : rows) {
      if (items.size() == limit || bytes >= PageSize.MAX_BYTES) {
        return new Page<>(items, true);
      }
      items.add(mapping.apply(row));
      bytes += size.applyAsInt(items.getLast());
    }
    return new Page<>(items, false);
  }

  /** The last item when something follows it. */
  Optional<T> lastOfMore() {
    return more ? Optional.of(items.getLast()) : Optional.empty();
  }
}
