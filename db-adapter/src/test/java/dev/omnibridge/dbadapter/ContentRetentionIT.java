// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static dev.omnibridge.dbadapter.Given.append;
import static dev.omnibridge.dbadapter.Given.at;
import static dev.omnibridge.dbadapter.Given.first;
import static dev.omnibridge.dbadapter.Given.row;
import static dev.omnibridge.dbadapter.Given.run;
import static dev.omnibridge.dbadapter.Given.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.LogServiceGrpc;
import dev.omnibridge.dbadapter.store.ContentStore;
import dev.omnibridge.dbadapter.store.Database;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contents go when nobody has used them for long, and no run that may need them is under way. */
class ContentRetentionIT {
  private static final Duration KEPT = Duration.ofDays(30);

  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @SuppressWarnings("NullAway.Init")
  private Pool pool;

  @SuppressWarnings("NullAway.Init")
  private ContentStore store;

  @BeforeEach
  void start() {
    adapter = RunningDbAdapter.start(database, config -> config);
    pool = new Database(vertx, adapter.config().postgres()).pool(4, true);
    store = new ContentStore(pool, pool);
  }

  @AfterEach
  void stop() {
    await(pool.close());
    await(vertx.close());
    adapter.close();
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(20, TimeUnit.SECONDS).await();
  }

  /** A content whose last use is some days ago. */
  private Hash used(String text, int daysAgo) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Hash hash = Blake3.hash(bytes);
    var unused = await(store.putSmall(UUID.randomUUID(), hash, bytes));
    age(hash, daysAgo);
    return hash;
  }

  private void age(Hash hash, int days) {
    var unused =
        await(
            pool.preparedQuery(
                    "update content set used_at = now() - $2::int * interval '1 day'"
                        + " where content_hash = $1")
                .execute(Tuple.of(hash.hex(), days)));
  }

  private void tidy() {
    var unused = await(store.forget(KEPT));
    await(store.sweep());
  }

  private boolean isThere(Hash hash) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.prepareStatement("select from content where content_hash = ?")) {
      statement.setString(1, hash.hex());
      return statement.executeQuery().next();
    }
  }

  private long pieces() throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from content_chunks")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void shouldRemoveWhatNobodyUsedForLongWithItsBytes() throws SQLException {
    Hash old = used("old", 31);
    Hash young = used("young", 29);
    tidy();
    assertThat(isThere(old)).isFalse();
    assertThat(isThere(young)).isTrue();
    assertThat(pieces()).isEqualTo(1);
    assertThat(await(store.stat(List.of(old.hex(), young.hex()))).getContentsCount()).isEqualTo(1);
    assertThat(catchThrowableOfType(Fault.class, () -> await(store.find(old.hex()))).reason())
        .isEqualTo("CONTENT_NOT_FOUND");
  }

  @Test
  void shouldKeepWhatIsPutReadOrLookedForAgain() throws SQLException {
    Hash put = used("put", 31);
    Hash read = used("read", 31);
    Hash sought = used("sought", 31);
    byte[] again = "put".getBytes(StandardCharsets.UTF_8);
    assertThat(await(store.putSmall(UUID.randomUUID(), put, again)).getExisted()).isTrue();
    assertThat(await(store.find(read.hex())).size()).isEqualTo(4);
    assertThat(await(store.stat(List.of(sought.hex()))).getContentsCount()).isEqualTo(1);
    tidy();
    assertThat(isThere(put)).isTrue();
    assertThat(isThere(read)).isTrue();
    assertThat(isThere(sought)).isTrue();
  }

  @Test
  void shouldKeepWhatAnUnfinishedRunMayNeed() throws SQLException {
    Hash needed = used("used before the run started", 70);
    Hash longBefore = used("used long before the run started", 91);
    var run = run();
    var sleeping = row(run, 1).setStartedAt(daysAgo(60));
    write(append(first(run, 1)).addRows(workflow(sleeping)));
    tidy();
    assertThat(isThere(needed)).isTrue();
    assertThat(isThere(longBefore)).isFalse();
    var ended = row(run, 2).setStartedAt(daysAgo(60)).setFinished(true).setState("COMPLETED");
    write(append(at(run, 1, 1)).addRows(workflow(ended)));
    tidy();
    assertThat(isThere(needed)).isFalse();
  }

  /** The note of a use may be an hour old, which a short retention must not mistake. */
  @Test
  void shouldKeepWhatWasUsedAfterTheUseThatIsNoted() throws SQLException {
    Hash used = used("used again and again", 0);
    noted(used, "50 minutes");
    assertThat(await(store.find(used.hex())).size()).isPositive();
    assertThat(await(store.forget(Duration.ofMinutes(10)))).isFalse();
    assertThat(isThere(used)).isTrue();
    noted(used, "71 minutes");
    assertThat(await(store.forget(Duration.ofMinutes(10)))).isFalse();
    assertThat(isThere(used)).isFalse();
  }

  private void noted(Hash hash, String ago) {
    var unused =
        await(
            pool.preparedQuery(
                    "update content set used_at = now() - $2::text::interval"
                        + " where content_hash = $1")
                .execute(Tuple.of(hash.hex(), ago)));
  }

  private static Timestamp daysAgo(int days) {
    return Timestamp.newBuilder()
        .setSeconds(Instant.now().minus(Duration.ofDays(days)).getEpochSecond())
        .build();
  }

  private void write(AppendRequest.Builder request) {
    var unused = LogServiceGrpc.newBlockingStub(adapter.channel()).append(request.build());
  }

  private void execute(String sql) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A content of so many pieces of a byte each. */
  private void put(Hash hash, int pieces) {
    var upload = UUID.randomUUID();
    await(store.begin(upload));
    for (int piece = 0; piece < pieces; piece++) {
      await(store.putPiece(upload, piece, new byte[1]));
    }
    assertThat(await(store.finish(upload, hash, pieces)).getContentHash()).isEqualTo(hash.hex());
  }

  @Test
  void shouldRemoveAContentThatIsTooLargeForOneStatement() throws SQLException {
    execute(
        """
        create function too_long() returns trigger language plpgsql as $$
        begin
          if (select count(*) from gone) > 64 then
            raise query_canceled;
          end if;
          return null;
        end $$;
        create trigger too_long after delete on content_chunks referencing old table as gone
          for each statement execute function too_long()
        """);
    Hash large = Blake3.hash(new byte[] {1});
    put(large, 129);
    put(large, 65);
    assertThat(pieces()).isEqualTo(194);
    tidy();
    assertThat(pieces()).isEqualTo(129);
    age(large, 31);
    tidy();
    assertThat(pieces()).isZero();
    var abandoned = UUID.randomUUID();
    await(store.begin(abandoned));
    for (int piece = 0; piece < 65; piece++) {
      await(store.putPiece(abandoned, piece, new byte[1]));
    }
    await(store.abandon(abandoned));
    assertThat(pieces()).isZero();
  }

  @Test
  void shouldRemoveTheOthersWhenOneCannotBe() throws SQLException {
    execute(
        """
        create function stuck() returns trigger language plpgsql as
          $$ begin raise exception 'stuck'; end $$;
        create trigger stuck before delete on content_chunks
          for each row when (old.bytes = 'stuck') execute function stuck()
        """);
    used("before", 33);
    used("stuck", 32);
    used("behind", 31);
    assertThatThrownBy(this::tidy).isInstanceOf(Fault.class);
    assertThat(pieces()).isEqualTo(1);
    execute("drop trigger stuck on content_chunks");
    tidy();
    assertThat(pieces()).isZero();
  }

  /** Every put is answered with a content that is there, however it meets with its removal. */
  @Test
  void shouldNeverAnswerAPutWithAContentThatIsJustBeingRemoved() throws SQLException {
    byte[] bytes = "again and again".getBytes(StandardCharsets.UTF_8);
    Hash hash = used("again and again", 31);
    for (int round = 0; round < 100; round++) {
      age(hash, 31);
      Future<?> forgotten = store.forget(KEPT);
      var put = store.putSmall(UUID.randomUUID(), hash, bytes);
      await(Future.join(forgotten, put).otherwiseEmpty());
      assertThat(forgotten.succeeded()).isTrue();
      if (put.succeeded()) {
        assertThat(isThere(hash)).as("round %d", round).isTrue();
      } else {
        assertThat(((Fault) put.cause()).reason()).isEqualTo("UPLOAD_LOST");
      }
    }
    await(store.sweep());
  }
}
