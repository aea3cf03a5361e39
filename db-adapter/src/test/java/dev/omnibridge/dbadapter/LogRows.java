// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.testkit.TestPostgres;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of the log as SQL finds them. */
final class LogRows {
  private static final String EVENTS =
      "select stream_id, version, event_id, lane, position from events order by stream_id, version";
  private static final String HEADS = "select lane, next_position from lanes order by lane";

  private final Map<String, List<String>> streams = new HashMap<>();
  private final Map<String, List<Long>> versions = new HashMap<>();
  private final Map<Integer, Set<Long>> positions = new HashMap<>();
  private final Map<Integer, Long> heads = new HashMap<>();
  private final Set<String> events = new HashSet<>();
  private int size;
  private int doubled;

  private LogRows() {}

  static LogRows read(TestPostgres.Database database) throws SQLException {
    var log = new LogRows();
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      try (var row = statement.executeQuery(EVENTS)) {
        while (row.next()) {
          log.add(row.getString(1), row.getLong(2), row.getString(3));
          log.positions.computeIfAbsent(row.getInt(4), _ -> new HashSet<>()).add(row.getLong(5));
        }
      }
      try (var row = statement.executeQuery(HEADS)) {
        while (row.next()) {
          log.heads.put(row.getInt(1), row.getLong(2));
        }
      }
    }
    return log;
  }

  private void add(String stream, long version, String event) {
    size++;
    if (!events.add(stream + " " + event)) {
      doubled++;
    }
    streams.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
    versions.computeIfAbsent(stream, _ -> new ArrayList<>()).add(version);
  }

  int size() {
    return size;
  }

  int doubled() {
    return doubled;
  }

  /** By the stream's id and the event's, with a blank between them. */
  boolean contains(String event) {
    return events.contains(event);
  }

  /** In the order of their versions. */
  List<String> eventsOf(String stream) {
    return streams.getOrDefault(stream, List.of());
  }

  /** Versions and positions without a gap, nothing twice. */
  void assertSound() {
    assertThat(doubled).as("doubled").isZero();
    versions.forEach((stream, numbers) -> {
      for (int i = 0; i < numbers.size(); i++) {
        assertThat(numbers.get(i)).as("versions of %s", stream).isEqualTo(i + 1L);
      }
    });
    long all = positions.values().stream().mapToLong(Set::size).sum();
    assertThat(all).as("positions, each once").isEqualTo(size);
    heads.forEach((lane, next) -> {
      Set<Long> taken = positions.getOrDefault(lane, Set.of());
      assertThat(taken.stream().mapToLong(position -> position).max().orElse(0))
          .as("positions of lane %s", lane)
          .isEqualTo(next - 1)
          .isEqualTo(taken.size());
    });
  }
}
