// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Answers to questions in SQL, on one connection. */
record Rows(Connection connection) {

  /** Reads one row. */
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  <T> List<T> of(String query, Reader<T> reader) throws SQLException {
    var found = new ArrayList<T>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        found.add(reader.read(rows));
      }
    }
    return found;
  }

  long number(String query) throws SQLException {
    return of(query, row -> row.getLong(1)).getFirst();
  }
}
