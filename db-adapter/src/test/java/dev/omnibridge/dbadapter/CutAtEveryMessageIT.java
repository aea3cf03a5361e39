// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.dbadapter.log.Appends;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.EventLog;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.FaultProxy.Direction;
import dev.omnibridge.testkit.FaultProxy.Moment;
import dev.omnibridge.testkit.FaultProxy.Stroke;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.sqlclient.Pool;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The connection is cut behind every message of a group commit, in both directions: before
 * something was sent, after it was sent and before it was answered, after the answer. Whoever
 * repeats, the log has each append exactly once.
 */
@Execution(ExecutionMode.CONCURRENT)
class CutAtEveryMessageIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SHORT = 30;
  private static final int EVENTS = 4;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Catalogue catalogue = Catalogue.load();

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter other;

  /** A db-adapter's log that is alone on a Vertx, to be dropped with it. */
  private record Process(Vertx vertx, Context context, Pool pool, EventLog log)
      implements AutoCloseable {
    Future<AppendResponse> append(AppendRequest request) {
      return Future.future(
          answer -> context.runOnContext(_ -> log.append(request, () -> false).onComplete(answer)));
    }

    List<Future<AppendResponse>> append(List<AppendRequest> requests) {
      return requests.stream().map(this::append).toList();
    }

    /** Without a farewell to anybody. */
    @Override
    public void close() throws Exception {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  private Process process(int writersPort) {
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    var context = vertx.getOrCreateContext();
    var pool = new Database(vertx, postgres(database.port())).pool(1, true);
    var appends = new Appends(catalogue, "test", new Lanes(4, 2));
    Future<EventLog> log =
        Future.future(made ->
            context.runOnContext(_ ->
                made.complete(
                    new EventLog(
                        vertx,
                        new Database(vertx, postgres(writersPort)),
                        pool,
                        appends,
                        1,
                        _ -> {}))));
    return new Process(vertx, context, pool, log.await());
  }

  private DbAdapterConfig.Postgres postgres(int port) {
    return new DbAdapterConfig.Postgres(
        "127.0.0.1", port, database.user(), database.password(), database.name());
  }

  @BeforeEach
  void start() {
    other = Settings.of(database).start(database);
  }

  @AfterEach
  void stop() {
    other.close();
  }

  /** Two group commits on a new connection: a new stream; then one that grows, and a new one. */
  private static List<AppendRequest> requests() {
    var one = Given.run();
    var two = Given.run();
    return List.of(
        Given.append(Given.first(one, 2)).build(),
        Given.append(Given.at(one, 2, 1)).build(),
        Given.append(Given.first(two, 1)).build());
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void shouldAppendOnceWhenTheWriterItselfRepeats(Direction direction) throws Exception {
    writerRepeats(direction, sample(boundaries(direction)));
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  @Tag("long")
  void shouldAppendOnceWhenTheWriterItselfRepeatsAfterEveryCut(Direction direction)
      throws Exception {
    writerRepeats(direction, withBytesBetween(boundaries(direction)));
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void shouldAppendOnceWhenItsProcessIsGoneAndTheCallerRepeats(Direction direction)
      throws Exception {
    callerRepeats(direction, sample(boundaries(direction)));
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  @Tag("long")
  void shouldAppendOnceWhenItsProcessIsGoneAfterEveryCut(Direction direction) throws Exception {
    callerRepeats(direction, withBytesBetween(boundaries(direction)));
  }

  private void writerRepeats(Direction direction, List<Long> places) throws Exception {
    var tally = new Tally();
    try (var proxy = FaultProxy.to(database.port());
        var process = process(proxy.port())) {
      for (long place : places) {
        tally.at(() -> writerRepeats(proxy, process, direction, place));
      }
    }
    report("the writer repeats", direction, places, tally, "");
  }

  private boolean writerRepeats(FaultProxy proxy, Process process, Direction direction, long place)
      throws Exception {
    var struck = proxy.once(new Moment.AfterBytes(direction, place), Stroke.CUT);
    var requests = requests();
    var answers = new ArrayList<AppendResponse>();
    for (Future<AppendResponse> answer : process.append(requests)) {
      answers.add(answer.await(30, TimeUnit.SECONDS));
    }
    boolean reached = struck.isComplete();
    assertOnce(requests, answers, place);
    for (int i = 0; i < requests.size(); i++) {
      assertThat(process.append(requests.get(i)).await(30, TimeUnit.SECONDS))
          .as("repeat; cut at %d; %s", place, seeds.hint())
          .isEqualTo(answers.get(i));
    }
    proxy.calm();
    proxy.cut();
    return reached;
  }

  private void callerRepeats(Direction direction, List<Long> places) throws Exception {
    var tally = new Tally();
    var made = new AtomicInteger();
    try (var next = process(database.port())) {
      for (long place : places) {
        tally.at(() -> callerRepeats(next, direction, place, made));
      }
    }
    report(
        "the caller repeats elsewhere",
        direction,
        places,
        tally,
        "; all of them made before the cut in " + made + " cases");
  }

  private boolean callerRepeats(Process next, Direction direction, long place, AtomicInteger made)
      throws Exception {
    var requests = requests();
    boolean reached;
    try (var proxy = FaultProxy.to(database.port());
        var process = process(proxy.port())) {
      var struck = proxy.once(new Moment.AfterBytes(direction, place), Stroke.CUT);
      var answers = process.append(requests);
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> struck.isComplete() || Future.join(answers).isComplete());
      proxy.close();
      reached = struck.isComplete();
    }
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> backends() == 0);
    if (stored(requests) == EVENTS) {
      made.incrementAndGet();
    }
    var answers = new ArrayList<AppendResponse>();
    for (AppendRequest request : requests) {
      answers.add(next.append(request).await(30, TimeUnit.SECONDS));
    }
    assertOnce(requests, answers, place);
    return reached;
  }

  /** What was tried. How appends are grouped moves the bytes, so a place may take a few tries. */
  private static final class Tally {
    private static final int TRIES = 3;

    private int tries;
    private int struck;

    void at(Callable<Boolean> cut) throws Exception {
      boolean reached = false;
      for (int i = 0; i < TRIES && !reached; i++) {
        tries++;
        reached = cut.call();
      }
      struck += reached ? 1 : 0;
    }
  }

  private static void report(
      String what, Direction direction, List<Long> places, Tally tally, String more) {
    System.out.printf(
        "cut %s, %s: %d places, cut at %d, appends submitted %d, acknowledged %d, lost 0, doubled 0"
            + "%s%n",
        direction, what, places.size(), tally.struck, 3 * tally.tries, 3 * tally.tries, more);
    assertThat(tally.struck).as("places that were reached").isGreaterThan(places.size() * 9 / 10);
  }

  private void assertOnce(List<AppendRequest> requests, List<AppendResponse> answers, long place)
      throws SQLException {
    assertThat(answers.stream().map(answer -> answer.getStreams(0).getVersion()))
        .as("versions; cut at %d; %s", place, seeds.hint())
        .containsExactly(2L, 3L, 1L);
    assertThat(stored(requests)).as("cut at %d; %s", place, seeds.hint()).isEqualTo(EVENTS);
    LogRows.read(database).assertSound();
  }

  /** How many rows have the ids of these events. */
  private int stored(List<AppendRequest> requests) throws SQLException {
    var ids =
        requests.stream()
            .flatMap(request -> request.getAppends(0).getEventsList().stream())
            .map(event -> UUID.fromString(event.getEventId()))
            .toArray(UUID[]::new);
    try (var connection = database.connect();
        var counting =
            connection.prepareStatement("select count(*) from events where event_id = any(?)")) {
      counting.setArray(1, connection.createArrayOf("uuid", ids));
      try (var row = counting.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** Transactions that a writer of a dropped process has open, or may still make. */
  private int backends() throws SQLException {
    try (var connection = database.connect();
        var counting =
            connection.prepareStatement(
                """
                select count(*) from pg_stat_activity
                 where datname = current_database() and xact_start is not null
                   and pid <> pg_backend_pid() and backend_type = 'client backend'
                """);
        var row = counting.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Where the messages of a direction end, as a rehearsal shows. */
  private List<Long> boundaries(Direction direction) throws Exception {
    try (var proxy = FaultProxy.to(database.port());
        var process = process(proxy.port())) {
      proxy.record();
      for (Future<AppendResponse> answer : process.append(requests())) {
        answer.await(30, TimeUnit.SECONDS);
      }
      var bytes = proxy.recorded(direction).getFirst();
      List<Long> ends = new ArrayList<>();
      int at = direction == Direction.TO_SERVER ? ByteBuffer.wrap(bytes).getInt() : 0;
      ends.add((long) at);
      while (at < bytes.length) {
        at += 1 + ByteBuffer.wrap(bytes).getInt(at + 1);
        ends.add((long) at);
      }
      return ends;
    }
  }

  private List<Long> sample(List<Long> ends) {
    var chosen = new ArrayList<>(ends.subList(0, ends.size() - 1));
    Collections.shuffle(chosen, new Random(seeds.seed()));
    return chosen.subList(0, Math.min(SHORT, chosen.size()));
  }

  /** Behind every message, and at one place within each. */
  private List<Long> withBytesBetween(List<Long> ends) {
    var random = seeds.random("between");
    var places = new ArrayList<Long>();
    for (int i = 0; i < ends.size() - 1; i++) {
      places.add(ends.get(i));
      places.add(random.nextLong(ends.get(i), ends.get(i + 1)));
    }
    return places;
  }
}
