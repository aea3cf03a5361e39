// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.StatusRuntimeException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many writers at once through two db-adapters on one database: whatever they do to each other, the
 * log stays what it promises to be.
 */
class ConcurrentWritersIT {
  private static final int WRITERS = 64;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final List<StreamName> streams = new ArrayList<>();
  private final Map<StreamName, Long> versions = new ConcurrentHashMap<>();
  private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
  private final Queue<AppendRequest> refused = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private record Accepted(AppendRequest request, AppendResponse answer) {}

  @Test
  void shouldKeepEveryPromiseUnderConcurrentWriters() throws Exception {
    write(25);
  }

  @Test
  @Tag("long")
  void shouldKeepEveryPromiseUnderConcurrentWritersForLong() throws Exception {
    write(600);
  }

  private void write(int rounds) throws Exception {
    for (int i = 0; i < 40; i++) {
      streams.add(run());
    }
    try (var one = RunningDbAdapter.start(database, config -> config);
        var two = RunningDbAdapter.start(database, config -> config)) {
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < WRITERS; i++) {
        var random = seeds.random("writer " + i);
        var log = LogServiceGrpc.newBlockingStub((i % 2 == 0 ? one : two).channel());
        threads.add(Thread.ofVirtual().start(() -> write(log, random, rounds)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(failures).as(seeds.hint()).isEmpty();
    assertThat(refused).as("some appends conflict; %s", seeds.hint()).isNotEmpty();
    verify();
  }

  private void write(LogServiceBlockingStub log, RandomGenerator random, int rounds) {
    @Nullable Accepted earlier = null;
    for (int i = 0; i < rounds; i++) {
      if (earlier != null && random.nextInt(5) == 0) {
        repeat(log, earlier);
      }
      var request = request(random);
      try {
        earlier = new Accepted(request, log.append(request));
        accepted.add(earlier);
        learn(earlier);
      } catch (StatusRuntimeException failure) {
        Fault fault = Statuses.faultOf(failure);
        if (fault.is("VERSION_CONFLICT")) {
          refused.add(request);
          learn(fault);
        } else {
          failures.add(failure);
        }
      }
    }
  }

  private void repeat(LogServiceBlockingStub log, Accepted earlier) {
    try {
      var again = log.append(earlier.request());
      if (!again.equals(earlier.answer())) {
        failures.add(new AssertionError(earlier.answer() + " became " + again));
      }
    } catch (StatusRuntimeException failure) {
      failures.add(failure);
    }
  }

  private void learn(Accepted appended) {
    for (int i = 0; i < appended.request().getAppendsCount(); i++) {
      versions.merge(
          appended.request().getAppends(i).getStream(),
          appended.answer().getStreams(i).getVersion(),
          Math::max);
    }
  }

  private void learn(Fault conflict) {
    long actual = Long.parseLong(conflict.facts().getOrDefault("actual_version", "0"));
    for (StreamName stream : streams) {
      if (("workflow/default/" + stream.getId()).equals(conflict.facts().get("stream"))) {
        versions.merge(stream, actual, Math::max);
      }
    }
  }

  private AppendRequest request(RandomGenerator random) {
    var request = AppendRequest.newBuilder().setAppendId(Given.id().toString());
    int first = random.nextInt(streams.size());
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      request.addAppends(append(streams.get((first + i * 7) % streams.size()), random));
    }
    return request.build();
  }

  private StreamAppend append(StreamName stream, RandomGenerator random) {
    int events = 1 + random.nextInt(4);
    long version = versions.getOrDefault(stream, 0L);
    if (random.nextInt(3) == 0) {
      return Given.any(stream, events);
    }
    return version == 0 ? Given.first(stream, events) : Given.at(stream, version, events);
  }

  private void verify() throws SQLException {
    var expected = new HashMap<String, Long>();
    for (Accepted appended : accepted) {
      for (int i = 0; i < appended.request().getAppendsCount(); i++) {
        var append = appended.request().getAppends(i);
        var answer = appended.answer().getStreams(i);
        for (int e = 0; e < append.getEventsCount(); e++) {
          long back = append.getEventsCount() - 1L - e;
          var at =
              "%s %d %d %d"
                  .formatted(
                      append.getStream().getId(),
                      answer.getVersion() - back,
                      answer.getLane(),
                      answer.getPosition() - back);
          assertThat(expected.put(append.getEvents(e).getEventId() + " " + at, 1L)).isNull();
        }
      }
    }
    var stored = new ArrayList<String>();
    select(
        "select event_id, stream_id, version, lane, position from events",
        row ->
            stored.add(
                "%s %s %d %d %d"
                    .formatted(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5))));
    assertThat(stored).as(seeds.hint()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    dense("select lane::text, position from events order by lane, position");
    dense("select stream_id, version from events order by stream_id, version");
    select(
        "select count(*) from lanes l where next_position <> 1 + (select coalesce(max(position), 0)"
            + " from events e where e.lane = l.lane)",
        row -> assertThat(row.getLong(1)).isZero());
    select(
        "select count(*) from (select lane, recorded_at < lag(recorded_at) over (partition by lane"
            + " order by position) as back from events) as e where back",
        row -> assertThat(row.getLong(1)).as("time goes back in a lane").isZero());
  }

  private void dense(String sql) throws SQLException {
    var last = new HashMap<String, Long>();
    select(
        sql,
        row -> {
          long number = row.getLong(2);
          assertThat(number)
              .as("%s of %s; %s", sql, row.getString(1), seeds.hint())
              .isEqualTo(last.getOrDefault(row.getString(1), 0L) + 1);
          last.put(row.getString(1), number);
        });
  }

  private interface RowCheck {
    void on(ResultSet row) throws SQLException;
  }

  private void select(String sql, RowCheck check) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        check.on(rows);
      }
    }
  }
}
