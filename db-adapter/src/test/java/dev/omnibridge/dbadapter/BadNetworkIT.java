// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.api.log.v1.ReadStreamRequest;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.Storm;
import dev.omnibridge.testkit.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A network to the database that is slow, silent or torn: the log stays what it promises to be. */
@Execution(ExecutionMode.CONCURRENT)
class BadNetworkIT {
  private static final int CALLERS = 12;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();

  /** Something that is done to the network while the load goes on. */
  private interface Trouble {
    void befall(FaultProxy proxy, Load load) throws Exception;
  }

  private void under(String what, Trouble trouble) throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = Settings.of(database).through(proxy).start(database)) {
      var load = Load.start(CALLERS, adapter::channel);
      try (load) {
        answers(load, 100);
        trouble.befall(proxy, load);
        answers(load, 100);
      }
      load.check(what + "; " + seeds.hint(), database);
    }
  }

  private static void answers(Load load, long more) {
    long from = load.acknowledged();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> load.failed() || load.acknowledged() >= from + more);
  }

  /** Lets the trouble last; the load goes on meanwhile, or does not. */
  private static void during(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .atMost(time.plusSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() - end > 0);
  }

  @Test
  void shouldAppendOnceOverANetworkOf200Milliseconds() throws Exception {
    slowly(20);
  }

  @Test
  @Tag("long")
  void shouldAppendOnceForLongOverANetworkOf200Milliseconds() throws Exception {
    slowly(200);
  }

  private void slowly(int appends) throws Exception {
    under(
        "latency 200 ms each way",
        (proxy, load) -> {
          proxy.delay(Duration.ofMillis(200));
          answers(load, appends);
          proxy.cut();
          answers(load, appends);
          proxy.delay(Duration.ZERO);
        });
  }

  @Test
  void shouldAppendOnceOverANetworkThatDrips() throws Exception {
    under(
        "40 kB a second",
        (proxy, load) -> {
          proxy.drip(40_000);
          answers(load, 60);
          proxy.cut();
          answers(load, 60);
          proxy.drip(0);
        });
  }

  @Test
  void shouldAppendOnceWhenConnectionsAreHalfOpen() throws Exception {
    halfOpen();
  }

  /** Two transactions of a writer once met on one connection, in 9 of 60 runs. */
  @Tag("long")
  @RepeatedTest(20)
  void shouldAppendOnceHoweverOftenConnectionsAreHalfOpen() throws Exception {
    halfOpen();
  }

  private void halfOpen() throws Exception {
    under(
        "nothing delivered for 8 s",
        (proxy, load) -> {
          proxy.swallow();
          during(Duration.ofSeconds(8));
          proxy.pass();
        });
  }

  @Test
  @Tag("long")
  void shouldAppendAndReadAgainWhenItsConnectionsAreDeadForEver() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = Settings.of(database).through(proxy).start(database)) {
      var stream = Given.run();
      var log = LogServiceGrpc.newBlockingStub(adapter.channel());
      assertThat(log.append(Given.append(Given.first(stream, 1)).build())).isNotNull();
      var read = ReadStreamRequest.newBuilder().setStream(stream).build();
      assertThat(log.readStream(read).getEventsCount()).isEqualTo(1);
      proxy.strand();
      long began = System.nanoTime();
      var limited = log.withDeadlineAfter(30, TimeUnit.SECONDS);
      assertThat(limited.append(Given.append(Given.at(stream, 1, 1)).build())).isNotNull();
      long appended = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(40))
          .ignoreExceptions()
          .untilAsserted(() ->
              assertThat(
                      log.withDeadlineAfter(1, TimeUnit.SECONDS).readStream(read).getEventsCount())
                  .isEqualTo(2));
      System.out.printf(
          "connections dead for ever: the next append took %d ms, reads work %d ms after it%n",
          TimeUnit.NANOSECONDS.toMillis(appended - began),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - appended));
      LogRows.read(database).assertSound();
    }
  }

  @Test
  void shouldNotWriteForACallerThatHasGone() throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var adapter = Settings.of(database).through(proxy).start(database)) {
      var log = LogServiceGrpc.newBlockingStub(adapter.channel());
      var abandoned = Given.run();
      proxy.refuse();
      Throwable gone =
          catchThrowable(() ->
              log.withDeadlineAfter(400, TimeUnit.MILLISECONDS)
                  .append(Given.append(Given.first(abandoned, 1)).build()));
      assertThat(Statuses.faultOf(gone).kind()).isEqualTo(Fault.Kind.TIMEOUT);
      proxy.pass();
      var patient = Given.append(Given.first(Given.run(), 1)).build();
      await().atMost(LIMIT).ignoreExceptions().until(() -> log.append(patient) != null);
      assertThat(LogRows.read(database).eventsOf(abandoned.getId())).isEmpty();
    }
  }

  @Test
  void shouldAppendOnceInAStorm() throws Exception {
    storm(Duration.ofSeconds(8), Duration.ofMillis(700));
  }

  @Test
  @Tag("long")
  void shouldAppendOnceInALongStorm() throws Exception {
    storm(Duration.ofMinutes(2), Duration.ofSeconds(3));
  }

  private void storm(Duration length, Duration longestFault) throws Exception {
    under(
        "storm of " + length.toSeconds() + " s",
        (proxy, load) -> {
          try (var storm =
              Storm.over(
                  proxy, seeds.random("storm"), List.of(Storm.Kind.values()), longestFault)) {
            during(length);
            System.out.println("storm: " + storm.counts());
          }
        });
  }
}
