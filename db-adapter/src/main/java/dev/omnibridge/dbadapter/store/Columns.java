// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a statement over many rows: one array per column. Not through Tuple.of, which
 * would spread an array over several arguments.
 */
final class Columns<T> {
  private final Collection<T> rows;
  private final Tuple arguments = Tuple.tuple();

  private Columns(Collection<T> rows) {
    this.rows = rows;
  }

  static <T> Columns<T> of(Collection<T> rows) {
    return new Columns<>(rows);
  }

  Columns<T> uuid(Function<T, @Nullable UUID> value) {
    arguments.addArrayOfUUID(fill(new UUID[rows.size()], value));
    return this;
  }

  Columns<T> text(Function<T, @Nullable String> value) {
    arguments.addArrayOfString(fill(new String[rows.size()], value));
    return this;
  }

  Columns<T> bigint(Function<T, @Nullable Long> value) {
    arguments.addArrayOfLong(fill(new Long[rows.size()], value));
    return this;
  }

  Columns<T> integer(Function<T, @Nullable Integer> value) {
    arguments.addArrayOfInteger(fill(new Integer[rows.size()], value));
    return this;
  }

  Columns<T> bool(Function<T, Boolean> value) {
    arguments.addArrayOfBoolean(fill(new Boolean[rows.size()], value));
    return this;
  }

  Columns<T> time(Function<T, @Nullable OffsetDateTime> value) {
    arguments.addArrayOfOffsetDateTime(fill(new OffsetDateTime[rows.size()], value));
    return this;
  }

  Columns<T> bytes(Function<T, @Nullable ByteString> value) {
    arguments.addArrayOfBuffer(fill(new Buffer[rows.size()], row -> buffer(value.apply(row))));
    return this;
  }

  private <V> V[] fill(V[] column, Function<T, ? extends @Nullable V> value) {
    int i = 0;
    for (T row : rows) {
      column[i++] = value.apply(row);
    }
    return column;
  }

  /** One value for all rows. */
  Columns<T> same(Object value) {
    arguments.addValue(value);
    return this;
  }

  Tuple tuple() {
    return arguments;
  }

  private static @Nullable Buffer buffer(@Nullable ByteString bytes) {
    return bytes == null ? null : Buffer.buffer(bytes.toByteArray());
  }
}
