// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.embedded.FreePorts;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A db-adapter is killed: what it committed is found by its successor, whoever was told of it. */
@Execution(ExecutionMode.CONCURRENT)
class AdapterKilledIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int CALLERS = 12;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final int port = FreePorts.next();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  private ServingProcess process(Settings settings) throws Exception {
    return ServingProcess.start(settings, port, directory);
  }

  @Test
  void shouldGiveTheFirstAnswerWhenItWasKilledBetweenCommitAndAnswer() throws Exception {
    var stream = Given.run();
    var request = Given.append(Given.at(stream, 1, 2)).build();
    try (var proxy = FaultProxy.to(database.port());
        var first = process(Settings.of(database).through(proxy))) {
      assertThat(
              LogServiceGrpc.newBlockingStub(first.channel())
                  .append(Given.append(Given.first(stream, 1)).build()))
          .isNotNull();
      var struck =
          proxy.once(
              new Moment.AfterText(Direction.TO_SERVER, "Q\0\0\0\13commit"),
              Stroke.SWALLOW_TO_CLIENT);
      LogServiceGrpc.newStub(first.channel()).append(request, new Unanswered<>());
      struck.await(60, TimeUnit.SECONDS);
      await()
          .atMost(LIMIT)
          .until(() -> LogRows.read(database).eventsOf(stream.getId()).size() == 3);
      first.kill();
    }
    try (var second = process(Settings.of(database))) {
      var log = LogServiceGrpc.newBlockingStub(second.channel());
      var answer = log.append(request);
      assertThat(answer.getStreams(0).getVersion()).isEqualTo(3);
      assertThat(log.append(request)).isEqualTo(answer);
    }
    var rows = LogRows.read(database);
    rows.assertSound();
    assertThat(rows.size()).isEqualTo(3);
    System.out.println(
        "killed between commit and answer: submitted 2, acknowledged 2, events 3, lost 0, doubled"
            + " 0");
  }

  @Test
  void shouldLoseNothingWhenItIsKilledUnderLoad() throws Exception {
    kill(2);
  }

  @Test
  @Tag("long")
  void shouldLoseNothingWhenItIsKilledTwentyTimes() throws Exception {
    kill(20);
  }

  private void kill(int times) throws Exception {
    var random = seeds.random("kills");
    var settings = Settings.of(database);
    List<Long> recoveries = new ArrayList<>();
    var current = new AtomicReference<>(process(settings));
    try {
      var load = Load.start(CALLERS, () -> current.get().channel());
      try (load) {
        for (int i = 0; i < times; i++) {
          answers(load, random.nextInt(50, 1_000));
          current.get().kill();
          current.set(process(settings));
          long began = System.nanoTime();
          answers(load, 1);
          recoveries.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        }
        answers(load, 100);
      }
      System.out.printf(
          "kill -9 of db-adapter, %d times: first answer %s ms after its successor serves%n",
          times, recoveries);
      load.check("kill -9 of db-adapter; " + seeds.hint(), database);
    } finally {
      current.get().close();
    }
  }

  private static void answers(Load load, long more) {
    long from = load.acknowledged();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> load.failed() || load.acknowledged() >= from + more);
  }

  /** Nobody waits for what comes of it. */
  private static final class Unanswered<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      throw new AssertionError("It was answered: " + value);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
