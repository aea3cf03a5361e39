// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import static dev.omnibridge.dbadapter.GivenStamps.revision;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.api.log.v1.AppendRequest;
import dev.omnibridge.api.log.v1.AppendResponse;
import dev.omnibridge.api.log.v1.NewEvent;
import dev.omnibridge.api.log.v1.StreamAppend;
import dev.omnibridge.dbadapter.DbAdapterConfig.Postgres;
import dev.omnibridge.dbadapter.GivenStamps.File;
import dev.omnibridge.dbadapter.log.Append;
import dev.omnibridge.dbadapter.log.Appends;
import dev.omnibridge.dbadapter.log.Lanes;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.event.Catalogue;
import dev.omnibridge.runtime.event.Catalogue.StreamKind;
import dev.omnibridge.testkit.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens around an append on the event loop of its writer, and is not its fault. */
class LogWriterIT {
  private static final int LIMIT_SECONDS = 30;

  private final TestPostgres.Database database = TestPostgres.freshDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Lanes lanes = new Lanes(4, 2);
  private final Appends appends = new Appends(Catalogue.load(), "test", lanes);
  private final Postgres postgres =
      new Postgres(
          "127.0.0.1", database.port(), database.user(), database.password(), database.name());
  private final Database door = new Database(vertx, postgres);
  private final Pool pool = door.pool(2, true);
  private final WriterConnection connection = new WriterConnection(door, true);
  private final LogWriter writer =
      new LogWriter(vertx, connection, door.breaker(), pool, _ -> {}, new AppendBudget(1 << 20));

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
    connection.close().await(LIMIT_SECONDS, SECONDS);
    pool.close().await(LIMIT_SECONDS, SECONDS);
    vertx.close().await(LIMIT_SECONDS, SECONDS);
  }

  private Append append() {
    Instant now = Instant.now();
    var at = Timestamp.newBuilder().setSeconds(now.getEpochSecond());
    var event =
        NewEvent.newBuilder()
            .setEventId(UUID.randomUUID().toString())
            .setType("dev.omnibridge.workflow.step-completed.v1")
            .setOccurredAt(at)
            .setBody(ByteString.copyFromUtf8("{}"));
    var run =
        StreamName.newBuilder()
            .setKind("workflow")
            .setNamespace("default")
            .setId(UUID.randomUUID().toString());
    return appends.read(
        AppendRequest.newBuilder()
            .setAppendId(UUID.randomUUID().toString())
            .addAppends(
                StreamAppend.newBuilder().setStream(run).setExpectNone(true).addEvents(event))
            .build());
  }

  private <T> Future<T> here(Supplier<Future<T>> call) {
    return Future.future(answer -> context.runOnContext(_ -> call.get().onComplete(answer)));
  }

  /** Who hears of a new connection first may find, by writing to it, that it is gone again. */
  @Test
  void shouldAppendWhenTheConnectionIsLostBeforeItsTurnToUseIt() throws Exception {
    Future<AppendResponse> answer =
        here(() -> {
          var unused = connection.get().onSuccess(_ -> connection.drop());
          return writer.append(append(), () -> false);
        });

    assertThat(answer.await(LIMIT_SECONDS, SECONDS).getStreams(0).getVersion()).isEqualTo(1);
  }

  /** The lost answer of a commit explains a leaf that is there, until it was looked for. */
  @Test
  void shouldRefuseOnlyWhatBelongsToADamagedLogOfStampsAlsoAfterALostAnswer() throws Exception {
    try (var session = database.connect();
        var statement = session.createStatement()) {
      statement.execute("insert into stamp_leaves values ('changed', 0, 'x')");
    }
    Append changed = appends.read(revision(File.of("changed", "a"), 1).build());
    Append whole = appends.read(revision(File.of("whole", "a"), 1).build());
    var refused = new CompletableFuture<Throwable>();
    Future<AppendResponse> answer =
        here(() -> {
          var unused =
              writer
                  .append(append(), () -> false)
                  .onComplete(_ -> context.runOnContext(_ -> connection.drop()));
          // These two wait together for the first, and lose their connection in the middle.
          writer.append(changed, () -> false).onFailure(refused::complete);
          return writer.append(whole, () -> false);
        });

    assertThat(answer.await(LIMIT_SECONDS, SECONDS).getStreams(0).getVersion()).isEqualTo(1);
    assertThat(refused.get(LIMIT_SECONDS, SECONDS))
        .isInstanceOfSatisfying(
            Fault.class, fault -> assertThat(fault.reason()).isEqualTo("STAMP_LOG_DAMAGED"));
  }

  @Test
  void shouldAnswerTheOthersOfAGroupWhenTheAnswerOfOneThrows() throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    context.exceptionHandler(thrown::complete);
    Future<AppendResponse> answer =
        here(() -> {
          var first = writer.append(append(), () -> false);
          // These two wait together for the first.
          var second =
              writer
                  .append(append(), () -> false)
                  .onComplete(_ -> {
                    throw new IllegalStateException("whoever waits for it is broken");
                  });
          return writer.append(append(), () -> false);
        });

    assertThat(answer.await(LIMIT_SECONDS, SECONDS).getStreams(0).getVersion()).isEqualTo(1);
    assertThat(thrown.get(LIMIT_SECONDS, SECONDS)).hasMessageContaining("is broken");
  }
}
