// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import dev.omnibridge.dbadapter.query.Cut;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The where clause of a question with optional filters; values are always arguments. */
final class Conditions {
  private final List<String> conditions = new ArrayList<>();
  private final Tuple arguments = Tuple.tuple();

  /** Left and operator, like "version >", and what stands on the right of it. */
  Conditions and(String leftAndOperator, Object value) {
    conditions.add(leftAndOperator + " " + argument(value));
    return this;
  }

  /** The same for a row of values. */
  Conditions and(String leftAndOperator, Object first, Object... more) {
    var right = new ArrayList<String>();
    right.add(argument(first));
    for (Object value : more) {
      right.add(argument(value));
    }
    conditions.add(leftAndOperator + " (" + String.join(", ", right) + ")");
    return this;
  }

  /** A condition without a value. */
  Conditions always(String condition) {
    conditions.add(condition);
    return this;
  }

  /** A filter on text; an empty one matches all. */
  Conditions text(String leftAndOperator, String value) {
    return value.isEmpty() ? this : and(leftAndOperator, value);
  }

  /** A filter on a UUID; an empty one matches all. */
  Conditions id(String leftAndOperator, String value) {
    return value.isEmpty() ? this : and(leftAndOperator, UUID.fromString(value));
  }

  /** One of several texts; none of them matches all. */
  Conditions anyOf(String column, List<String> values) {
    if (!values.isEmpty()) {
      arguments.addArrayOfString(values.toArray(String[]::new));
      conditions.add("%s = any($%d)".formatted(column, arguments.size()));
    }
    return this;
  }

  /** One of several numbers; none of them matches none. */
  Conditions anyOf(String column, Integer[] values) {
    arguments.addArrayOfInteger(values);
    conditions.add("%s = any($%d::int[])".formatted(column, arguments.size()));
    return this;
  }

  /** What a field of the payload is, as text; of one inside another the names have dots. */
  Conditions payload(String field, String value) {
    arguments.addArrayOfString(("payload." + field).split("\\.", -1));
    int path = arguments.size();
    conditions.add("event_json(body) #>> $%d = %s".formatted(path, argument(value)));
    return this;
  }

  /** Only what the log held at a moment. */
  Conditions before(Cut cut) {
    arguments.addArrayOfInteger(cut.lanes());
    int lanes = arguments.size();
    arguments.addArrayOfLong(cut.next());
    conditions.add(
        "position < ($%d::bigint[])[array_position($%d::int[], lane)]"
            .formatted(arguments.size(), lanes));
    return this;
  }

  /** Adds an argument and names its place. */
  String argument(Object value) {
    arguments.addValue(value);
    return "$" + arguments.size();
  }

  String where() {
    return conditions.isEmpty() ? "" : "where " + String.join(" and ", conditions);
  }

  Tuple arguments() {
    return arguments;
  }
}
