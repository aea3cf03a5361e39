// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.omnibridge.api.log.v1.ReadStampLeavesRequest;
import dev.omnibridge.api.log.v1.ReadStampLeavesResponse;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.query.PageSize;
import dev.omnibridge.dbadapter.rpc.StampLeafApi;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.dbadapter.store.Received;
import dev.omnibridge.dbadapter.store.StampCheckpoints;
import dev.omnibridge.dbadapter.store.StampLeaves;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A few leaves may be many bytes: they come as fast as their caller takes them. */
class FewLeavesIT {
  private static final int LEAVES = 256;
  private static final int RECORD = 68_000;
  private static final int MISSING = 100;
  private static final int SMALL = 10_000;

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Received received = new Received();

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  @SuppressWarnings("NullAway.Init")
  private StampLeafApi api;

  @BeforeEach
  void prepare() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into stamp_leaves
          select 'few', i, convert_to(repeat('x', %d), 'UTF8') from generate_series(0, %d) as i
           where i <> %d
          """
              .formatted(RECORD, LEAVES - 1, MISSING));
    }
    var config =
        new Postgres(
            database.host(),
            database.port(),
            database.user(),
            database.password(),
            database.name());
    var connecting = new Database(vertx, config);
    pool = connecting.pool(1, true);
    var leaves = new StampLeaves(received.by(pool, Pool.class));
    api = new StampLeafApi(context, connecting, leaves, new StampCheckpoints(pool));
  }

  @AfterEach
  void stop() {
    await(pool.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(60, TimeUnit.SECONDS).await();
  }

  @Test
  void shouldSendAPageOnlyWhenItsCallerHasTakenTheLast() {
    var caller = new Caller();
    api.readStampLeaves(
        ReadStampLeavesRequest.newBuilder().setNamespace("few").setToIndex(LEAVES).build(), caller);
    var indexes = new ArrayList<Long>();
    do {
      Awaitility.await().atMost(30, TimeUnit.SECONDS).until(caller::hasSomething);
      var sent = onContext(caller::takeAll);
      assertThat(sent).isNotEmpty();
      assertThat(sent.stream().mapToLong(ReadStampLeavesResponse::getSerializedSize).sum())
          .isLessThan(PageSize.MAX_BYTES + RECORD + SMALL);
      sent.forEach(piece -> indexes.addAll(indexes(piece)));
      caller.ready.run();
    } while (indexes.size() < LEAVES - 1);
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> caller.completed);
    assertThat(indexes)
        .isEqualTo(LongStream.range(0, LEAVES).filter(i -> i != MISSING).boxed().toList());
    assertThat(received.most()).isLessThan(PageSize.MAX_BYTES + RECORD + SMALL);
  }

  @Test
  void shouldEndWhereThereIsNoLeaf() {
    var caller = new Caller();
    api.readStampLeaves(
        ReadStampLeavesRequest.newBuilder()
            .setNamespace("few")
            .setFromIndex(LEAVES)
            .setToIndex(LEAVES + 9)
            .build(),
        caller);
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> caller.completed);
    assertThat(caller.hasSomething()).isFalse();
  }

  /** What was sent up to the turn of the context that comes now. */
  private <T> T onContext(java.util.function.Supplier<T> asked) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(_ -> answer.complete(asked.get()));
    return await(answer.future());
  }

  private static List<Long> indexes(ReadStampLeavesResponse piece) {
    var indexes = new ArrayList<Long>();
    var in = piece.getLeaves().asReadOnlyByteBuffer();
    while (in.hasRemaining()) {
      indexes.add(in.getLong());
      int length = in.getInt();
      in.position(in.position() + length);
    }
    return indexes;
  }

  @Test
  void shouldHaveNoLeavesBetweenAPlaceAndOneBeforeIt() {
    var caller = new Caller();
    api.readStampLeaves(
        ReadStampLeavesRequest.newBuilder()
            .setNamespace("few")
            .setFromIndex(9)
            .setToIndex(3)
            .build(),
        caller);
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> caller.completed);
    assertThat(caller.takeAll()).isEmpty();
  }

  /** Has room for something, and then again when that is taken. */
  private static final class Caller extends ServerCallStreamObserver<ReadStampLeavesResponse> {
    private final List<ReadStampLeavesResponse> sent = new ArrayList<>();
    private volatile boolean completed;
    private Runnable ready = () -> {};

    synchronized boolean hasSomething() {
      return !sent.isEmpty();
    }

    synchronized List<ReadStampLeavesResponse> takeAll() {
      var taken = List.copyOf(sent);
      sent.clear();
      return taken;
    }

    @Override
    public synchronized boolean isReady() {
      return sent.isEmpty();
    }

    @Override
    public synchronized void onNext(ReadStampLeavesResponse piece) {
      sent.add(piece);
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      ready = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
