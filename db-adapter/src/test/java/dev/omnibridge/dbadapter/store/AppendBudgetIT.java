// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.log.Appends;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import dev.omnibridge.testkit.FaultProxy;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large appends by way of two writers while the database stands still. */
class AppendBudgetIT {
  private static final int LIMIT_SECONDS = 60;
  private static final int BODY = 512 << 10;
  private static final ByteString LARGE = ByteString.copyFromUtf8("{" + " ".repeat(BODY - 2) + "}");

  /** Of a heap of 256 MiB. */
  private static final long BUDGET = 48 << 20;

  /** More than have room. */
  private static final int MANY = 120;

  private static final int SOME = 16;

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final FaultProxy proxy = FaultProxy.to(database.port());
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Lanes lanes = new Lanes(4, 2);
  private final Postgres postgres =
      new Postgres(
          "127.0.0.1", proxy.port(), database.user(), database.password(), database.name());
  private final Database door = new Database(vertx, postgres);
  private final Pool pool = door.pool(2, true);
  private final EventLog log =
      new EventLog(vertx, door, pool, new Appends(Catalogue.load(), "test", lanes), 2, _ -> {});

  @BeforeEach
  void open() throws Exception {
    var retentions =
        Catalogue.load().streams().stream().map(StreamKind::retention).distinct().toList();
    var unused =
        new Schema(vertx, pool)
            .open(postgres, Duration.ofSeconds(20), lanes, retentions)
            .await(LIMIT_SECONDS, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    log.close().await(LIMIT_SECONDS, SECONDS);
    pool.close().await(LIMIT_SECONDS, SECONDS);
    vertx.close().await(LIMIT_SECONDS, SECONDS);
    proxy.close();
  }

  @Test
  void shouldRefuseWhatHasNoRoomAndTakeAsMuchAgainWhenTheOthersAreStored() throws Exception {
    int taken = takenWhileLanesAreHeld();
    assertThat((long) taken * BODY).isBetween(BUDGET * 9 / 10, BUDGET);
    assertThat(takenWhileLanesAreHeld()).isEqualTo(taken);
  }

  /** One that is not given back is one less that is taken. */
  @Test
  void shouldTakeAsMuchAgainWhenAppendsWereRepeatedRefusedAbandonedOrLost() throws Exception {
    int taken = takenWhileLanesAreHeld();
    var one = request(0);
    assertThat(reasons(append(many(() -> one, SOME), () -> false))).isEmpty();
    assertThat(reasons(append(many(() -> request(7), SOME), () -> false)))
        .hasSize(SOME)
        .containsOnly("VERSION_CONFLICT");
    assertThat(reasons(append(many(() -> request(0), SOME), () -> true)))
        .hasSize(SOME)
        .containsOnly("APPEND_ABANDONED");
    proxy.refuse();
    // An append on a connection that has not been found to be gone is in doubt for 15 seconds.
    await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(this::isAway);
    assertThat(reasons(append(many(() -> request(0), SOME), () -> false)))
        .hasSize(SOME)
        .containsOnly("DATABASE_AWAY");
    proxy.pass();
    // Both writers, each of which finds out by itself.
    await()
        .atMost(Duration.ofSeconds(LIMIT_SECONDS))
        .untilAsserted(
            () -> assertThat(reasons(append(many(() -> request(0), SOME), () -> false))).isEmpty());

    assertThat(takenWhileLanesAreHeld()).isEqualTo(taken);
  }

  private boolean isAway() throws Exception {
    return pool.query("select 1")
        .execute()
        .transform(answer -> Future.succeededFuture(answer.failed()))
        .await(LIMIT_SECONDS, SECONDS);
  }

  /** All that are taken are stored once the lanes are free. */
  private int takenWhileLanesAreHeld() throws Exception {
    List<Future<AppendResponse>> answers;
    try (var foreign = database.connect()) {
      foreign.setAutoCommit(false);
      foreign.createStatement().executeQuery("select * from lanes for update").close();
      answers = append(many(() -> request(0), MANY), () -> false);
      foreign.rollback();
    }
    var reasons = reasons(answers);
    assertThat(reasons).allMatch("LOG_BUSY"::equals);
    return MANY - reasons.size();
  }

  private static Stream<AppendRequest> many(Supplier<AppendRequest> request, int count) {
    return Stream.generate(request).limit(count);
  }

  /** Without a break, as if they had come together. */
  private List<Future<AppendResponse>> append(
      Stream<AppendRequest> requests, BooleanSupplier abandoned) throws Exception {
    var all = requests.toList();
    Future<List<Future<AppendResponse>>> begun =
        Future.future(answers ->
            context.runOnContext(_ ->
                answers.complete(
                    all.stream().map(request -> log.append(request, abandoned)).toList())));
    return begun.await(LIMIT_SECONDS, SECONDS);
  }

  /** Of those that fail, once all are answered. */
  private static List<String> reasons(List<Future<AppendResponse>> answers) throws Exception {
    Future.join(answers).otherwiseEmpty().await(LIMIT_SECONDS, SECONDS);
    return answers.stream()
        .filter(Future::failed)
        .map(answer -> ((Fault) answer.cause()).reason())
        .toList();
  }

  /** The first event of a stream, or one that can follow on no other. */
  private static AppendRequest request(long version) {
    var now = Instant.now();
    var event =
        NewEvent.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setType("dev.omnibridge.workflow.step-completed.v1")
            .setOccurredAt(Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
            .setBody(LARGE);
    var stream =
        StreamAppend.newBuilder()
            .setStream(
                StreamName.newBuilder()
                    .setKind("workflow")
                    .setNamespace("default")
                    .setId(UUID.randomUUID().toString()))
            .addEvents(event);
    return AppendRequest.newBuilder()
        .setAppendId(UUID.randomUUID().toString())
        .addAppends(version == 0 ? stream.setExpectNone(true) : stream.setExpectedVersion(version))
        .build();
  }
}
