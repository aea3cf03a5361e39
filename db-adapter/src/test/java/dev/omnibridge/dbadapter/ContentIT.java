// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.content.v1.ContentServiceGrpc;
import dev.omnibridge.api.content.v1.GetContentRequest;
import dev.omnibridge.api.content.v1.GetContentResponse;
import dev.omnibridge.api.content.v1.PutContentRequest;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.content.v1.StatContentRequest;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.TestPostgres;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in and out, over the network and in process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContentIT {
  private static final int LIMIT = 16 << 20;

  private final Seeds seeds = Seeds.fromProperty();
  private final TestPostgres.Database database = MigratedDatabase.fresh();
  private final AtomicInteger next = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private RunningDbAdapter adapter;

  @SuppressWarnings("NullAway.Init")
  private ManagedChannel network;

  @BeforeAll
  void start() {
    adapter = RunningDbAdapter.start(database, config -> config);
    int port = adapter.edge().listen().timeout(60, TimeUnit.SECONDS).await();
    network = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterAll
  void stop() {
    network.shutdownNow();
    adapter.close();
  }

  private byte[] bytes(int length) {
    var bytes = new byte[length];
    seeds.random("content " + next.incrementAndGet()).nextBytes(bytes);
    return bytes;
  }

  /** An upload as a client has it in hand. */
  private static final class Uploading
      implements ClientResponseObserver<PutContentRequest, PutContentResponse> {
    final CompletableFuture<PutContentResponse> answer = new CompletableFuture<>();
    final CompletableFuture<ClientCallStreamObserver<PutContentRequest>> call =
        new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<PutContentRequest> requests) {
      call.complete(requests);
    }

    @Override
    public void onNext(PutContentResponse value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new AssertionError("no answer"));
    }
  }

  private static Uploading upload(Channel channel, byte[] bytes, int chunk, String expectedHash) {
    var uploading = new Uploading();
    var requests = ContentServiceGrpc.newStub(channel).putContent(uploading);
    requests.onNext(PutContentRequest.newBuilder().setExpectedHash(expectedHash).build());
    for (int at = 0; at < bytes.length; at += chunk) {
      int length = Math.min(chunk, bytes.length - at);
      requests.onNext(
          PutContentRequest.newBuilder().setChunk(ByteString.copyFrom(bytes, at, length)).build());
    }
    return uploading;
  }

  private static PutContentResponse put(Channel channel, byte[] bytes, int chunk) throws Exception {
    var uploading = upload(channel, bytes, chunk, "");
    uploading.call.get().onCompleted();
    return uploading.answer.get(30, TimeUnit.SECONDS);
  }

  private static Fault refused(Uploading uploading) throws Exception {
    try {
      uploading.answer.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      return Statuses.faultOf(failure);
    }
    throw new AssertionError("the upload was taken");
  }

  private static byte[] get(Channel channel, String hash, long offset, long length) {
    var bytes = new ByteArrayOutputStream();
    ContentServiceGrpc.newBlockingStub(channel)
        .getContent(
            GetContentRequest.newBuilder()
                .setContentHash(hash)
                .setOffset(offset)
                .setLength(length)
                .build())
        .forEachRemaining(part -> bytes.writeBytes(part.getChunk().toByteArray()));
    return bytes.toByteArray();
  }

  private long count(String table) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void nothingIsStaged() throws SQLException {
    assertThat(count("content_uploads")).isZero();
    assertThat(
            count(
                "content_chunks where upload_id not in (select upload_id from content"
                    + " union select upload_id from content_leftovers)"))
        .isZero();
  }

  private void nothingIsLeft() throws SQLException {
    nothingIsStaged();
    assertThat(count("content_leftovers")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1024, 262_143, 262_144, 262_145, 524_288, 3_000_001})
  void shouldGiveBackExactlyWhatWasPut(int length) throws Exception {
    byte[] bytes = bytes(length);
    for (Channel channel : List.of(adapter.channel(), network)) {
      boolean first = channel != network;
      var answer = put(channel, bytes, 100_000);
      assertThat(answer.getContentHash()).isEqualTo(Blake3.hash(bytes).hex());
      assertThat(answer.getSize()).isEqualTo(length);
      assertThat(answer.getExisted()).isEqualTo(!first);
      assertThat(get(channel, answer.getContentHash(), 0, 0)).isEqualTo(bytes);
    }
    nothingIsStaged();
  }

  @Test
  void shouldGiveBackRanges() throws Exception {
    byte[] bytes = bytes(700_000);
    var hash = put(network, bytes, 1 << 20).getContentHash();
    for (int[] range :
        new int[][] {{0, 1}, {262_143, 2}, {1, 524_288}, {699_999, 1}, {600_000, 999_999}}) {
      int end = Math.min(bytes.length, range[0] + range[1]);
      assertThat(get(network, hash, range[0], range[1]))
          .isEqualTo(java.util.Arrays.copyOfRange(bytes, range[0], end));
    }
    assertThat(get(network, hash, 700_000, 0)).isEmpty();
    var beyond = Statuses.faultOf(catchThrowable(() -> get(network, hash, 700_001, 1)));
    assertThat(beyond.kind()).isEqualTo(Fault.Kind.OUT_OF_RANGE);
    var unknown = Statuses.faultOf(catchThrowable(() -> get(network, "0".repeat(64), 0, 0)));
    assertThat(unknown.reason()).isEqualTo("CONTENT_NOT_FOUND");
  }

  @Test
  void shouldTellTheSizeOnceAndKeepPartsSmall() throws Exception {
    var hash = put(network, bytes(1_000_000), 1 << 20).getContentHash();
    var parts = new java.util.ArrayList<GetContentResponse>();
    ContentServiceGrpc.newBlockingStub(network)
        .getContent(GetContentRequest.newBuilder().setContentHash(hash).build())
        .forEachRemaining(parts::add);
    assertThat(parts.getFirst().getTotalSize()).isEqualTo(1_000_000);
    assertThat(parts).extracting(part -> part.getChunk().size()).allMatch(size -> size <= 262_144);
    assertThat(parts.subList(1, parts.size())).allMatch(part -> part.getTotalSize() == 0);
  }

  @Test
  void shouldRefuseBytesThatAreNotTheExpectedOnes() throws Exception {
    for (int length : new int[] {100, 600_000}) {
      var uploading = upload(network, bytes(length), 200_000, "0".repeat(64));
      uploading.call.get().onCompleted();
      var fault = refused(uploading);
      assertThat(fault.kind()).isEqualTo(Fault.Kind.INVALID);
      assertThat(fault.reason()).isEqualTo("HASH_MISMATCH");
    }
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::nothingIsStaged);
  }

  @Test
  void shouldRefuseContentThatIsTooLargeAndLeaveNothing() throws Exception {
    var fault = refused(upload(network, new byte[LIMIT + 1], 1 << 20, ""));
    assertThat(fault.reason()).isEqualTo("CONTENT_TOO_LARGE");
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::nothingIsStaged);
  }

  @Test
  void shouldLeaveNothingOfAnUploadWhoseClientVanishes() throws Exception {
    var other = NettyChannelBuilder.forTarget(network.authority()).usePlaintext().build();
    upload(other, bytes(2_000_000), 500_000, "");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(count("content_uploads")).isPositive());
    other.shutdownNow();
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::nothingIsStaged);
    var cancelled = upload(network, bytes(2_000_000), 500_000, "");
    cancelled.call.get().cancel("enough", null);
    await().atMost(Duration.ofSeconds(30)).untilAsserted(this::nothingIsStaged);
  }

  @Test
  void shouldSweepWhatACrashLeft() throws Exception {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into content_uploads values (gen_random_uuid(), now() - interval '2 hours');
          insert into content_chunks select upload_id, 0, 'x' from content_uploads;
          """);
    }
    try (var unused = RunningDbAdapter.start(database, config -> config)) {
      await().atMost(Duration.ofSeconds(60)).untilAsserted(this::nothingIsLeft);
    }
  }

  @Test
  void shouldTellWhatIsStored() throws Exception {
    var hash = put(network, bytes(10), 10).getContentHash();
    var answer =
        ContentServiceGrpc.newBlockingStub(network)
            .statContent(
                StatContentRequest.newBuilder()
                    .addContentHashes(hash)
                    .addContentHashes("0".repeat(64))
                    .build());
    assertThat(answer.getContentsList()).hasSize(1);
    assertThat(answer.getContents(0).getSize()).isEqualTo(10);
    assertThat(answer.getContents(0).hasStoredAt()).isTrue();
  }
}
