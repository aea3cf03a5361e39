// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An upload is finished or given up, never both: a content is whole, all else leaves nothing. */
class ContentRaceIT {
  private static final int ROUNDS = Integer.getInteger("content.rounds", 200);
  private static final int LIMIT_SECONDS = 20;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @SuppressWarnings("NullAway.Init")
  private Pool durable;

  @SuppressWarnings("NullAway.Init")
  private Pool relaxed;

  @SuppressWarnings("NullAway.Init")
  private ContentStore store;

  @BeforeEach
  void start() {
    adapter = RunningDbAdapter.start(database, config -> config);
    var opened = new Database(vertx, adapter.config().postgres());
    durable = opened.pool(4, true);
    relaxed = opened.pool(4, false);
    store = new ContentStore(durable, relaxed);
  }

  @AfterEach
  void stop() {
    await(durable.close());
    await(relaxed.close());
    await(vertx.close());
    adapter.close();
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(LIMIT_SECONDS, TimeUnit.SECONDS).await();
  }

  private static byte[] bytes(RandomGenerator random, int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** An upload with all its pieces there. */
  private UUID staged(byte[] bytes) {
    var upload = UUID.randomUUID();
    await(store.begin(upload));
    int pieces = 0;
    for (int at = 0; at < bytes.length; at += ContentStore.PIECE) {
      int end = Math.min(bytes.length, at + ContentStore.PIECE);
      await(store.putPiece(upload, pieces++, Arrays.copyOfRange(bytes, at, end)));
    }
    return upload;
  }

  private void age(UUID upload) {
    await(
        durable
            .preparedQuery(
                "update content_uploads set started_at = now() - interval '2 hours'"
                    + " where upload_id = $1")
            .execute(io.vertx.sqlclient.Tuple.of(upload)));
  }

  @Test
  void shouldFinishAnUploadOrGiveItUpButNeverBoth() throws Exception {
    var random = seeds.random("finish or give up");
    byte[] common = bytes(random, ContentStore.PIECE + 5);
    try (var blocking = database.connect()) {
      blocking.setAutoCommit(false);
      for (int round = 0; round < ROUNDS; round++) {
        byte[] bytes =
            random.nextInt(4) == 0 ? common : bytes(random, ContentStore.PIECE + 1 + round);
        finishAndGiveUp(random, bytes, blocking);
      }
    }
    onlyWholeContents();
  }

  private void finishAndGiveUp(RandomGenerator random, byte[] bytes, Connection blocking)
      throws Exception {
    Hash hash = Blake3.hash(bytes);
    UUID upload = staged(bytes);
    var ways = new ArrayList<Supplier<Future<?>>>();
    ways.add(() -> store.finish(upload, hash, bytes.length));
    ways.add(() -> store.abandon(upload));
    if (random.nextBoolean()) {
      age(upload);
      ways.add(store::sweep);
    }
    boolean finishFirst = random.nextBoolean();
    if (!finishFirst) {
      ways.addLast(ways.removeFirst());
    }
    // Half of the time all of them stand before the same lock, and come through in their order.
    boolean blocked = random.nextBoolean();
    if (blocked) {
      lock(blocking, upload);
    }
    var results = new ArrayList<Future<?>>();
    for (Supplier<Future<?>> way : ways) {
      results.add(way.get());
      LockSupport.parkNanos(random.nextInt(3) * 300_000L);
    }
    if (blocked) {
      blocking.commit();
    }
    await(Future.join(results).otherwiseEmpty());
    Future<?> finished = finishFirst ? results.getFirst() : results.getLast();
    if (finished.failed()) {
      assertThat(finished.cause()).isInstanceOf(Fault.class);
      assertThat(((Fault) finished.cause()).reason()).isEqualTo("UPLOAD_LOST");
    } else {
      assertThat(read(hash)).as(seeds.hint()).isEqualTo(bytes);
    }
  }

  private static void lock(Connection blocking, UUID upload) throws SQLException {
    try (var statement =
        blocking.prepareStatement("select from content_uploads where upload_id = ? for update")) {
      statement.setObject(1, upload);
      statement.executeQuery().close();
    }
  }

  private byte[] read(Hash hash) {
    var located = await(store.find(hash.hex()));
    var bytes = new ByteArrayOutputStream();
    while (bytes.size() < located.size()) {
      bytes.writeBytes(
          await(store.read(located, bytes.size(), located.size() - bytes.size())).toByteArray());
    }
    return bytes.toByteArray();
  }

  private void onlyWholeContents() throws SQLException {
    await(store.sweep());
    assertThat(count("select count(*) from content_uploads")).as("open uploads").isZero();
    assertThat(
            count(
                "select count(*) from content_chunks"
                    + " where upload_id not in (select upload_id from content)"))
        .as("pieces of no content")
        .isZero();
    assertThat(
            count(
                "select count(*) from content where size <> (select"
                    + " coalesce(sum(octet_length(bytes)), 0) from content_chunks c where"
                    + " c.upload_id = content.upload_id)"))
        .as("contents that are not whole")
        .isZero();
  }

  private long count(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void shouldLeaveNoPieceOfAnUploadThatWasGivenUpWhileItWasPut() throws Exception {
    var random = seeds.random("late pieces");
    byte[] piece = bytes(random, 1000);
    for (int round = 0; round < ROUNDS; round++) {
      UUID upload = UUID.randomUUID();
      await(store.begin(upload));
      var ways = new ArrayList<Supplier<Future<?>>>();
      ways.add(() -> store.putPiece(upload, 0, piece));
      ways.add(() -> store.putPiece(upload, 1, piece));
      ways.add(random.nextInt(3), () -> store.abandon(upload));
      var results = ways.stream().map(Supplier::get).toList();
      await(Future.join(List.copyOf(results)).otherwiseEmpty());
    }
    onlyWholeContents();
  }

  /** A caller that goes at any moment, also when its upload is just being finished. */
  @Test
  void shouldStoreAnUploadWhollyOrNotAtAllWhenItsCallerGoes() throws Exception {
    var random = seeds.random("cancelled uploads");
    for (int round = 0; round < ROUNDS / 2; round++) {
      byte[] bytes = bytes(random, ContentStore.PIECE + 1 + round);
      String hash = cancelled(bytes, random.nextInt(6_000_000));
      if (stored(hash)) {
        assertThat(download(hash)).as(seeds.hint()).isEqualTo(bytes);
      }
    }
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(30))
        .untilAsserted(this::onlyWholeContents);
  }

  private String cancelled(byte[] bytes, int nanos) throws InterruptedException {
    var ended = new CountDownLatch(1);
    var answer =
        new StreamObserver<PutContentResponse>() {
          @Override
          public void onNext(PutContentResponse value) {}

          @Override
          public void onError(Throwable failure) {
            ended.countDown();
          }

          @Override
          public void onCompleted() {
            ended.countDown();
          }
        };
    var requests =
        (ClientCallStreamObserver<PutContentRequest>)
            ContentServiceGrpc.newStub(adapter.channel()).putContent(answer);
    requests.onNext(PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(bytes)).build());
    requests.onCompleted();
    LockSupport.parkNanos(nanos);
    requests.cancel("the caller goes", null);
    assertThat(ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return Blake3.hash(bytes).hex();
  }

  private boolean stored(String hash) {
    return ContentServiceGrpc.newBlockingStub(adapter.channel())
            .statContent(StatContentRequest.newBuilder().addContentHashes(hash).build())
            .getContentsCount()
        == 1;
  }

  private byte[] download(String hash) {
    var bytes = new ByteArrayOutputStream();
    ContentServiceGrpc.newBlockingStub(adapter.channel())
        .getContent(GetContentRequest.newBuilder().setContentHash(hash).build())
        .forEachRemaining(part -> bytes.writeBytes(part.getChunk().toByteArray()));
    return bytes.toByteArray();
  }
}
