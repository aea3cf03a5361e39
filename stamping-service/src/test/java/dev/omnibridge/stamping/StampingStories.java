// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc;
import dev.omnibridge.api.stamping.v1.StampingServiceGrpc.StampingServiceBlockingStub;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.rpc.Statuses;
import dev.omnibridge.stamping.stamp.FileDigest;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may rely on, whatever keeps the stamps. */
abstract class StampingStories {
  /** Every test has a namespace of its own. */
  String namespace = "";

  @BeforeEach
  void takeNamespace() {
    namespace = "ns-" + UUID.randomUUID();
  }

  /** The channel to a running stamping service. */
  abstract Channel stamping();

  /** Puts bytes into the content store that the service reads; returns their hash. */
  abstract String store(ByteString content);

  @Test
  void shouldStampBytesThatAreSentAlong() {
    CreateStampResponse response = create("one\r\n\r\n\r\n\r\ntwo\n");
    Stamp stamp = response.getStamp();

    assertThat(response.getExisted()).isFalse();
    assertThat(stamp.getContentHash()).isEqualTo(hash("one\r\n\r\n\r\n\r\ntwo\n"));
    assertThat(stamp.getFileHash()).isEqualTo(hash("one\n\ntwo"));
    assertThat(stamp.getFileSize()).isEqualTo(15);
    assertThat(stamp.getRevision()).isEqualTo(1);
    assertThat(stamp.getNamespace()).isEqualTo(namespace);
    assertThat(UUID.fromString(stamp.getStampId()).version()).isEqualTo(7);
    assertThat(response.getTimings().getGrade()).isIn("A", "B", "C");
    assertThat(response.getTimings().getHashNanos())
        .isPositive()
        .isLessThan(response.getTimings().getTotalNanos());
  }

  @Test
  void shouldAnswerWithTheSameStampForTheSameFile() {
    CreateStampResponse first = create("the file\n");
    CreateStampResponse second = create("the file\n");

    assertThat(second.getExisted()).isTrue();
    assertThat(second.getStamp()).isEqualTo(first.getStamp());
  }

  @Test
  void shouldRecordOtherBytesOfTheSameFileAsARevision() {
    CreateStampResponse first = create("the file\n");
    CreateStampResponse second = create("the file\r\n");
    CreateStampResponse same = create("the file\r\n");
    CreateStampResponse third = create("the file\n");

    assertThat(second.getExisted()).isFalse();
    assertThat(second.getStamp().getStampId()).isEqualTo(first.getStamp().getStampId());
    assertThat(second.getStamp().getCreateTime()).isEqualTo(first.getStamp().getCreateTime());
    assertThat(second.getStamp().getRevision()).isEqualTo(2);
    assertThat(second.getStamp().getContentHash()).isEqualTo(hash("the file\r\n"));
    assertThat(same.getExisted()).isTrue();
    assertThat(same.getStamp()).isEqualTo(second.getStamp());
    assertThat(third.getExisted()).isFalse();
    assertThat(third.getStamp().getRevision()).isEqualTo(3);
    assertThat(third.getStamp().getContentHash()).isEqualTo(first.getStamp().getContentHash());
  }

  @Test
  void shouldMakeOneStampWhenManyStampAtOnce() throws Exception {
    List<Callable<CreateStampResponse>> calls = Collections.nCopies(24, () -> create("contended"));
    List<CreateStampResponse> responses = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (var call : threads.invokeAll(calls, 120, SECONDS)) {
        responses.add(call.get());
      }
    }

    assertThat(responses).filteredOn(response -> !response.getExisted()).hasSize(1);
    assertThat(responses)
        .extracting(r -> r.getStamp().getStampId())
        .containsOnly(responses.getFirst().getStamp().getStampId());
  }

  @Test
  void shouldFindAStampByEitherHash() {
    Stamp stamp =
        client()
            .createStamp(
                request("a\r\nb")
                    .setOptions(options().setFilePath("src/a.txt").setMetadata("{ \"k\": [1.50] }"))
                    .build())
            .getStamp();

    assertThat(get(stamp.getFileHash())).isEqualTo(stamp);
    assertThat(get(stamp.getContentHash())).isEqualTo(stamp);
    assertThat(stamp.getFilePath()).isEqualTo("src/a.txt");
    assertThat(stamp.getMetadata()).isEqualTo("{\"k\":[1.50]}");
  }

  @Test
  void shouldStampStoredContentByItsHash() {
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    String contentHash = store(ByteString.copyFrom(bytes));
    Stamp stamp =
        client()
            .createStamp(
                CreateStampRequest.newBuilder()
                    .setContentHash(contentHash)
                    .setOptions(options())
                    .build())
            .getStamp();

    assertThat(stamp.getContentHash()).isEqualTo(contentHash);
    assertThat(stamp.getFileHash()).isEqualTo(contentHash);
    assertThat(stamp.getFileSize()).isEqualTo(bytes.length);
  }

  @Test
  void shouldStampAnUploadLikeTheSameBytesSentAlong() throws Exception {
    byte[] text = "A line of text, and not the last one.\r\n".repeat(200_000).getBytes(UTF_8);
    var uploaded =
        UploadClient.upload(
                stamping(),
                options().build(),
                pieces(ByteString.copyFrom(text), 100_000).iterator())
            .get(60, SECONDS);

    assertThat(uploaded.getStamp().getFileHash()).isEqualTo(FileDigest.of(text).fileHash().hex());
    assertThat(uploaded.getStamp().getContentHash()).isEqualTo(Blake3.hash(text).hex());
    assertThat(uploaded.getStamp().getFileSize()).isEqualTo(text.length);
    assertThat(get(uploaded.getStamp().getFileHash())).isEqualTo(uploaded.getStamp());
  }

  @Test
  void shouldReturnTextThatValidates() {
    for (StampFormat format :
        List.of(StampFormat.STAMP_FORMAT_LIGHTWEIGHT, StampFormat.STAMP_FORMAT_RICH)) {
      var created =
          client()
              .createStamp(
                  request("print('hello')\n")
                      .setOptions(options().setReturnStampedContent(true).setFormat(format))
                      .build());
      var validation =
          client()
              .validateStamp(
                  ValidateStampRequest.newBuilder()
                      .setContent(created.getStampedContent())
                      .setExpectedHash(created.getStamp().getFileHash())
                      .setStrict(true)
                      .build());

      assertThat(validation.getValid()).as(validation.getProblem()).isTrue();
      assertThat(validation.getChecks(0).getStampHash())
          .isEqualTo(created.getStamp().getFileHash());
    }
  }

  @Test
  void shouldStampWhatIsAlreadyStampedAsARevisionOfTheSame() {
    var first =
        client()
            .createStamp(
                request("echo\n").setOptions(options().setReturnStampedContent(true)).build());
    var second =
        client()
            .createStamp(
                CreateStampRequest.newBuilder()
                    .setContent(first.getStampedContent())
                    .setOptions(options().setReturnStampedContent(true))
                    .build());

    assertThat(second.getStamp().getFileHash()).isEqualTo(first.getStamp().getFileHash());
    assertThat(second.getStamp().getStampId()).isEqualTo(first.getStamp().getStampId());
    assertThat(second.getStamp().getRevision()).isEqualTo(2);
    assertThat(second.getStampedContent()).isEqualTo(first.getStampedContent());
  }

  @Test
  void shouldKeepTheFailureOfOneItemOfABatchToItself() {
    var batch =
        BatchCreateStampsRequest.newBuilder()
            .addItems(request("one"))
            .addItems(
                CreateStampRequest.newBuilder()
                    .setContentHash("ab".repeat(32))
                    .setOptions(options()))
            .addItems(request("two").setOptions(options().setMetadata("[]")))
            .addItems(CreateStampRequest.newBuilder().setOptions(options()))
            .addItems(request("three").setOptions(options().setNamespace("a/b")))
            .addAllItems(
                IntStream.range(0, 30).mapToObj(i -> request("item " + i).build()).toList());
    var response = client().batchCreateStamps(batch.build());

    assertThat(response.getSucceeded()).isEqualTo(31);
    assertThat(response.getFailed()).isEqualTo(4);
    assertThat(response.getItemsList())
        .extracting(BatchItem::getIndex)
        .isEqualTo(IntStream.range(0, 35).boxed().toList());
    assertThat(response.getItems(1).getError().getReason()).isEqualTo("CONTENT_NOT_FOUND");
    assertThat(response.getItems(1).getError().getCode()).isEqualTo(5);
    assertThat(response.getItems(2).getError().getReason()).isEqualTo("INVALID_METADATA");
    assertThat(response.getItems(3).getError().getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(response.getItems(4).getError().getMessage()).contains("options.namespace");
    assertThat(response.getItems(9).getCreated().getStamp().getFileHash())
        .isEqualTo(hash("item 4"));
  }

  @Test
  void shouldListANamespaceInPagesNewestFirst() {
    List<String> made =
        IntStream.range(0, 5)
            .mapToObj(i -> create("file " + i))
            .map(response -> response.getStamp().getFileHash())
            .toList();
    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      var page =
          client()
              .listStamps(
                  ListStampsRequest.newBuilder()
                      .setNamespace(namespace)
                      .setPageSize(2)
                      .setPageToken(token)
                      .build());
      page.getStampsList().forEach(stamp -> listed.add(stamp.getFileHash()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertThat(listed).isEqualTo(made.reversed());
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() {
    String nothing = "cd".repeat(32);

    assertThat(fault(() -> get("12"))).matches(f -> f.is("INVALID_HASH_FORMAT"));
    assertThat(fault(() -> get(nothing))).matches(f -> f.is("STAMP_NOT_FOUND"));
    assertThat(
            fault(() -> client().batchCreateStamps(BatchCreateStampsRequest.getDefaultInstance())))
        .matches(f -> f.is("EMPTY_BATCH"));
    assertThat(fault(() -> create(options().setMetadata("{\"a\":\"\\u0000\"}"))))
        .matches(f -> f.is("INVALID_METADATA"));
    assertThat(fault(() -> create(options().setFilePath("a\nb"))))
        .matches(f -> f.is("INVALID_FILE_PATH"));
    assertThat(
            fault(() ->
                client()
                    .createStamp(
                        CreateStampRequest.newBuilder()
                            .setContent(ByteString.copyFrom(new byte[10]))
                            .setOptions(options().setReturnStampedContent(true))
                            .build())))
        .matches(f -> f.is("CONTENT_NOT_TEXT"));
    assertThat(
            fault(() ->
                client()
                    .validateStamp(ValidateStampRequest.newBuilder().setExpectedHash("x").build())))
        .matches(f -> f.is("INVALID_HASH_FORMAT"));
    assertThat(
            fault(() ->
                client()
                    .createStamp(
                        CreateStampRequest.newBuilder()
                            .setContentHash(nothing)
                            .setOptions(options())
                            .build())))
        .matches(f -> f.is("CONTENT_NOT_FOUND"));
  }

  StampingServiceBlockingStub client() {
    return StampingServiceGrpc.newBlockingStub(stamping())
        .withWaitForReady()
        .withDeadlineAfter(60, SECONDS);
  }

  StampOptions.Builder options() {
    return StampOptions.newBuilder().setNamespace(namespace);
  }

  CreateStampRequest.Builder request(String content) {
    return CreateStampRequest.newBuilder()
        .setContent(ByteString.copyFromUtf8(content))
        .setOptions(options());
  }

  CreateStampResponse create(String content) {
    return client().createStamp(request(content).build());
  }

  private CreateStampResponse create(StampOptions.Builder options) {
    return client().createStamp(request("x").setOptions(options).build());
  }

  Stamp get(String hash) {
    return client()
        .getStamp(GetStampRequest.newBuilder().setNamespace(namespace).setHash(hash).build())
        .getStamp();
  }

  static Fault fault(ThrowingCallable call) {
    return Statuses.faultOf(catchThrowable(call));
  }

  static Stream<ByteString> pieces(ByteString whole, int size) {
    return IntStream.rangeClosed(0, (whole.size() - 1) / size)
        .mapToObj(i -> whole.substring(i * size, Math.min(whole.size(), (i + 1) * size)));
  }

  private static String hash(String content) {
    return Blake3.hash(content.getBytes(UTF_8)).hex();
  }
}
