// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.at;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.LogServiceGrpc.LogServiceBlockingStub;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Connections that go at any moment, the commit's among them: no append is lost, none is doubled.
 */
class LostAnswerIT {
  private static final int WRITERS = 8;
  private static final int APPENDS = 150;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Queue<StreamName> written = new ConcurrentLinkedQueue<>();
  private final AtomicLongArray answers = new AtomicLongArray(WRITERS);

  @Test
  void shouldResolveCommitsWhoseBackendWasKilled() throws Exception {
    try (var adapter = RunningDbAdapter.start(database, config -> config);
        var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = ? and application_name = 'omnibridge-db-adapter'
                   and query ~ '^(commit|insert|update)'
                """)) {
      statement.setString(1, database.name());
      var writing = write(adapter);
      while (writing.isAlive()) {
        afterAnswers(writing);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
        statement.executeQuery().close();
      }
      writing.join();
    }
    verify();
  }

  @Test
  void shouldResolveCommitsWhoseConnectionWasCut() throws Exception {
    var random = seeds.random("cuts");
    try (var proxy = FaultProxy.to(database.port());
        var adapter = RunningDbAdapter.start(through(proxy), config -> config)) {
      var writing = write(adapter);
      while (writing.isAlive()) {
        afterAnswers(writing);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(80)));
        proxy.cut();
      }
      writing.join();
    }
    verify();
  }

  @Test
  void shouldTellWhenTheDatabaseIsAwayAndGoOnWhenItIsBack() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = RunningDbAdapter.start(through(proxy), config -> config)) {
      var log = log(adapter);
      var stream = run();
      var unused = log.append(append(first(stream, 1)).build());
      proxy.refuse();
      var request = append(at(stream, 1, 1)).build();
      Fault fault = Statuses.faultOf(catchThrowable(() -> log(adapter).append(request)));
      assertThat(fault.kind()).isEqualTo(Fault.Kind.UNAVAILABLE);
      assertThat(OutboxRig.median(() -> refusal(adapter, request)))
          .isLessThan(Duration.ofMillis(200));
      healthBecomes(adapter, ServingStatus.NOT_SERVING);
      proxy.pass();
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(log(adapter).append(request).getStreams(0).getVersion()).isEqualTo(2));
      healthBecomes(adapter, ServingStatus.SERVING);
    }
  }

  private static Duration refusal(RunningDbAdapter adapter, AppendRequest request) {
    long began = System.nanoTime();
    Throwable refused = catchThrowable(() -> log(adapter).append(request));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertThat(Statuses.faultOf(refused).reason()).isEqualTo("DATABASE_AWAY");
    return took;
  }

  private static void healthBecomes(RunningDbAdapter adapter, ServingStatus status) {
    var health = HealthGrpc.newBlockingStub(adapter.channel());
    var request = HealthCheckRequest.newBuilder().setService(LogServiceGrpc.SERVICE_NAME).build();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(health.check(request).getStatus()).isEqualTo(status));
  }

  private TestPostgres.Database through(FaultProxy proxy) {
    return new TestPostgres.Database(
        database.host(),
        proxy.port(),
        database.user(),
        database.password(),
        database.name(),
        database.jdbcUrl());
  }

  private static LogServiceBlockingStub log(RunningDbAdapter adapter) {
    return LogServiceGrpc.newBlockingStub(adapter.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** Every writer is the only one on its stream, so it may never see a conflict. */
  private Thread write(RunningDbAdapter adapter) {
    return Thread.ofVirtual()
        .start(() -> {
          var threads = new ArrayList<Thread>();
          for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            threads.add(Thread.ofVirtual().start(() -> writeOne(adapter, writer)));
          }
          try {
            for (Thread thread : threads) {
              thread.join();
            }
          } catch (InterruptedException interrupted) {
            failures.add(interrupted);
          }
        });
  }

  /**
   * Of every writer. Faster than a busy machine connects, nothing could ever be written between two
   * blows; and an append has seconds only, however many blows others survive meanwhile.
   */
  private void afterAnswers(Thread writing) {
    long[] before = IntStream.range(0, WRITERS).mapToLong(answers::get).toArray();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() ->
            !writing.isAlive()
                || !failures.isEmpty()
                || IntStream.range(0, WRITERS)
                    .allMatch(i -> answers.get(i) > before[i] || answers.get(i) == APPENDS));
  }

  private void writeOne(RunningDbAdapter adapter, int writer) {
    var stream = run();
    written.add(stream);
    for (int i = 0; i < APPENDS; i++) {
      AppendRequest request = append(i == 0 ? first(stream, 2) : at(stream, i * 2L, 2)).build();
      try {
        long version = log(adapter).append(request).getStreams(0).getVersion();
        long unused = answers.incrementAndGet(writer);
        if (version != i * 2L + 2) {
          failures.add(new AssertionError("version " + version + " after append " + i));
        }
      } catch (RuntimeException failure) {
        failures.add(failure);
        return;
      }
    }
  }

  private void verify() throws SQLException {
    assertThat(failures).as(seeds.hint()).isEmpty();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select count(*), count(distinct event_id), count(distinct (stream_id, version)),
                       count(distinct (lane, position)), sum(position),
                       (select sum((next_position - 1) * next_position / 2) from lanes)
                  from events
                """)) {
      rows.next();
      long expected = 2L * APPENDS * WRITERS;
      assertThat(rows.getLong(1)).isEqualTo(expected);
      assertThat(rows.getLong(2)).isEqualTo(expected);
      assertThat(rows.getLong(3)).isEqualTo(expected);
      assertThat(rows.getLong(4)).isEqualTo(expected);
      assertThat(rows.getLong(5)).as("positions without gaps").isEqualTo(rows.getLong(6));
    }
  }
}
