// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.BatchItem;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.ListStampsResponse;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.api.stamping.v1.StampFormat;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.api.stamping.v1.ValidateStampResponse;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.testkit.Seeds;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.junit.jupiter.api.Test;

/**
 * A file is submitted.
 *
 * <pre>
 * file
 *   → its BLAKE3 hash
 *   → a stamp with the O.N.E. metadata of the file
 *   → an event on Kafka and a leaf in the stamps' log
 *   → a row in PostgreSQL
 *   → the stamp is found again by its hash
 * </pre>
 *
 * How its leaf is proven: {@link StampProofIT}.
 */
@Story(criticalPath = true)
class MetadataStampingIT {
  private static final String HASHING = "hash_generation_ms";
  private static final String QUERY = "metadata_stamping_flow_ms";
  private static final int WARM_UP = 100;
  private static final int TIMES = 100;
  private static final int LARGE_TIMES = 21;
  private static final Duration LARGE_LIMIT = Duration.ofMillis(50);
  private static final int PAGE = 10;
  private static final String ONE =
      """
      {"metadata_version": "0.1", "name": "counter", "namespace": "omninode.services.metadata",
       "version": "1.0.0", "entrypoint": "counter.py", "protocols_supported": ["O.N.E. v0.1"]}
      """;

  private final Way way;
  private final Stack stack;
  private final String namespace = "stamping-" + UUID.randomUUID();

  MetadataStampingIT(Way way) throws Exception {
    this.way = way;
    this.stack = Deployment.warm(way).stack();
  }

  private StampOptions.Builder options(String path) {
    return StampOptions.newBuilder()
        .setNamespace(namespace)
        .setFilePath(path)
        .setMetadata("{\"owner\":\"story\"}")
        .setReturnStampedContent(true);
  }

  private CreateStampResponse stamp(String text, StampOptions.Builder options) {
    return stack
        .stamping()
        .createStamp(
            CreateStampRequest.newBuilder()
                .setContent(ByteString.copyFromUtf8(text))
                .setOptions(options)
                .build());
  }

  private Stamp find(String hash) {
    return stack
        .stamping()
        .getStamp(GetStampRequest.newBuilder().setNamespace(namespace).setHash(hash).build())
        .getStamp();
  }

  private ValidateStampResponse validate(ByteString content) {
    return stack
        .stamping()
        .validateStamp(
            ValidateStampRequest.newBuilder()
                .setContent(content)
                .setCheckRecorded(true)
                .setNamespace(namespace)
                .build());
  }

  private long rows(String hash) throws Exception {
    return stack.count(
        "select count(*) from metadata_stamps where namespace = ? and file_hash = ?",
        namespace,
        hash);
  }

  /** By another implementation than the suite's. */
  private static String blake3(byte[] bytes) {
    var digest = new Blake3Digest(256);
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return HexFormat.of().formatHex(hash);
  }

  @Test
  void shouldHashAndFindAStampByItsHashWithinTheirLimits() {
    String text = "0123456789abcdef".repeat(256);
    Thresholds figures = way.figures();
    var warming = new Thresholds();
    var stamps = new ArrayList<Stamp>();
    for (int i = 0; i < WARM_UP + TIMES; i++) {
      String unseen = text + i;
      String path = "file-" + i + ".txt";
      long began = System.nanoTime();
      CreateStampResponse created = stamp(unseen, options(path));
      Duration hashing = shouldSayWhatHashingTook(created, System.nanoTime() - began);
      var measured = i < WARM_UP ? warming : figures;
      measured.record(HASHING, hashing);
      stamps.add(created.getStamp());
    }
    // A query is measured by itself, and not beside what so many stamps have left to relay.
    OwnEvents.awaitQuiet(stack);
    for (int i = 0; i < WARM_UP + TIMES; i++) {
      Stamp stamp = stamps.get(i);
      var measured = i < WARM_UP ? warming : figures;
      assertThat(measured.time(QUERY, () -> find(stamp.getFileHash()))).isEqualTo(stamp);
    }
    figures.shouldBeKept(HASHING, QUERY);
  }

  /** The service measures it; the call that it is a part of is measured here. */
  private static Duration shouldSayWhatHashingTook(CreateStampResponse created, long callNanos) {
    long nanos = created.getTimings().getHashNanos();
    assertThat(nanos).as("ns of %d for the call", callNanos).isPositive().isLessThan(callNanos);
    return Duration.ofNanos(nanos);
  }

  /** The threshold is for small files; what a large one takes shows that the time is a real one. */
  @Test
  void shouldTakeLongerToHashALargeFileAndStillLittle() {
    // The small one second: what it takes is not that a process is cold.
    Duration large = medianOfHashing(1_000_000);
    Duration small = medianOfHashing(4096);
    assertThat(large).isGreaterThan(small.multipliedBy(5)).isLessThan(LARGE_LIMIT);
  }

  private Duration medianOfHashing(int size) {
    var random = Seeds.fromProperty().random("hashed");
    var took = new ArrayList<Duration>();
    for (int i = 0; i < LARGE_TIMES; i++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      var options =
          StampOptions.newBuilder()
              .setNamespace(namespace)
              .setFilePath("hashed-%d-%d.bin".formatted(size, i));
      var request =
          CreateStampRequest.newBuilder()
              .setContent(ByteString.copyFrom(bytes))
              .setOptions(options)
              .build();
      long began = System.nanoTime();
      CreateStampResponse created = stack.stamping().createStamp(request);
      took.add(shouldSayWhatHashingTook(created, System.nanoTime() - began));
    }
    return took.stream().sorted().toList().get(LARGE_TIMES / 2);
  }

  @Test
  void shouldHashAsAnotherImplementationOfBlake3Does() {
    var seeds = Seeds.fromProperty();
    var random = seeds.random("contents");
    for (int size : List.of(0, 1, 63, 64, 65, 1024, 1025, 4096, 100_000, 1_000_000)) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      if (size > 0) {
        // Not a text, so that what is hashed are the bytes as they are.
        bytes[size / 2] = 0;
      }
      var created =
          stack
              .stamping()
              .createStamp(
                  CreateStampRequest.newBuilder()
                      .setContent(ByteString.copyFrom(bytes))
                      .setOptions(
                          StampOptions.newBuilder()
                              .setNamespace(namespace)
                              .setFilePath("bytes-" + size + ".bin"))
                      .build());
      assertThat(created.getStamp().getContentHash())
          .as("%d bytes; %s", size, seeds.hint())
          .isEqualTo(blake3(bytes));
      assertThat(created.getStamp().getFileHash()).isEqualTo(created.getStamp().getContentHash());
    }
  }

  @Test
  void shouldAnswerASecondStampOfTheSameFileWithTheFirst() throws Exception {
    CreateStampResponse first = stamp("stamped twice\n", options("twice.txt"));
    CreateStampResponse second = stamp("stamped twice\n", options("twice.txt"));

    assertThat(first.getExisted()).isFalse();
    assertThat(second.getExisted()).isTrue();
    assertThat(second.getStamp()).isEqualTo(first.getStamp());
    String hash = first.getStamp().getFileHash();
    assertThat(stack.stream("stamp", namespace, hash)).hasSize(1);
    assertThat(rows(hash)).isEqualTo(1);
  }

  @Test
  void shouldPublishAStampUnderItsHashWithEverythingThatIsKnownOfIt() throws Exception {
    Stamp stamp = stamp("published\n", options("docs/published.txt")).getStamp();
    String key = "stamp/" + namespace + "/" + stamp.getFileHash();
    var published = Journals.onKafka(stack, "metadata.events.v1", Set.of(key));

    assertThat(published).hasSize(1);
    assertThat(Journals.header(published.getFirst(), "ce_type"))
        .isEqualTo("dev.omnibridge.metadata.stamp-created.v1");
    JsonNode payload = Envelope.parse(published.getFirst().value()).payload();
    assertThat(payload.path("file_hash").textValue()).isEqualTo(stamp.getFileHash());
    assertThat(payload.path("stamp_id").textValue()).isEqualTo(stamp.getStampId());
    assertThat(payload.path("file_path").textValue()).isEqualTo("docs/published.txt");
    assertThat(payload.path("file_size_bytes").longValue()).isEqualTo(10);
    assertThat(payload.toString()).contains("\"owner\"", "story");
    assertThat(
            stack.count(
                "select count(*) from event_logs where stream = ? and payload = ?::jsonb",
                key,
                payload.toString()))
        .isEqualTo(1);
    assertThat(
            stack.count(
                "select count(*) from metadata_stamps where namespace = ? and file_hash = ?"
                    + " and stamp_id = ?::uuid and file_path = ? and file_size = 10",
                namespace,
                stamp.getFileHash(),
                stamp.getStampId(),
                stamp.getFilePath()))
        .isEqualTo(1);
    assertThat(find(stamp.getFileHash())).isEqualTo(stamp);
    assertThat(stamp.getContentHash()).isEqualTo(blake3("published\n".getBytes(UTF_8)));
  }

  @Test
  void shouldWriteTheMetadataOfTheProtocolIntoTheFileAndRecogniseThem() {
    CreateStampResponse created =
        stamp(
            "print(1)\n",
            options("tools/counter.py")
                .setMetadata(ONE)
                .setFormat(StampFormat.STAMP_FORMAT_TOOL_METADATA));
    String written = created.getStampedContent().toStringUtf8();

    assertThat(written.lines())
        .contains(
            "# === OmniNode:Tool_Metadata ===",
            "# metadata_version: \"0.1\"",
            "# namespace: omninode.services.metadata",
            "# === /OmniNode:Tool_Metadata ===")
        .anyMatch(line -> line.contains("O.N.E. v0.1"))
        .anyMatch(line -> line.contains("algorithm: BLAKE3"))
        .anyMatch(line -> line.contains("hash: " + created.getStamp().getFileHash()))
        .endsWith("print(1)");
    ValidateStampResponse validated = validate(created.getStampedContent());
    assertThat(validated.getValid()).as(validated.getProblem()).isTrue();
    assertThat(validated.getStampsFound()).isEqualTo(1);
    assertThat(stamp(written, options("tools/counter.py")).getStamp().getFileHash())
        .as("a stamp in a file does not change its hash")
        .isEqualTo(created.getStamp().getFileHash());
  }

  @Test
  void shouldFindWhatWasAlteredAfterItWasStamped() {
    CreateStampResponse created = stamp("a text\nof two lines\n", options("written.txt"));
    ByteString sound = created.getStampedContent();
    assertThat(validate(sound).getValid()).isTrue();

    String altered = sound.toStringUtf8().replace("two", "ten");
    ValidateStampResponse found = validate(ByteString.copyFromUtf8(altered));
    assertThat(found.getValid()).isFalse();
    assertThat(found.getReason()).isEqualTo("STAMP_HASH_MISMATCH");
    assertThat(found.getCurrentHash()).isNotEqualTo(created.getStamp().getFileHash());
    String forged = sound.toStringUtf8().replaceFirst("uid=[^,]+", "uid=" + "0".repeat(36));
    assertThat(validate(ByteString.copyFromUtf8(forged)).getReason())
        .isEqualTo("STAMP_NOT_RECORDED");
  }

  @Test
  void shouldStampTheGoodOnesOfABatchAndSayWhatIsWrongWithTheOthers() throws Exception {
    var batch = BatchCreateStampsRequest.newBuilder();
    for (int i = 0; i < PAGE; i++) {
      var item =
          CreateStampRequest.newBuilder()
              .setContent(ByteString.copyFromUtf8("item " + i + "\n"))
              .setOptions(options("item-" + i + ".txt"));
      if (i == 3) {
        item.getOptionsBuilder().setExpectedContentHash("ab".repeat(32));
      }
      if (i == 7) {
        item.setContentHash("cd".repeat(32));
        item.getOptionsBuilder().setReturnStampedContent(false);
      }
      batch.addItems(item);
    }
    var answer = stack.stamping().batchCreateStamps(batch.build());

    assertThat(answer.getSucceeded()).isEqualTo(PAGE - 2);
    assertThat(answer.getFailed()).isEqualTo(2);
    assertThat(answer.getItemsList())
        .filteredOn(BatchItem::hasError)
        .extracting(BatchItem::getIndex, item -> item.getError().getReason())
        .containsExactly(tuple(3, "HASH_MISMATCH"), tuple(7, "CONTENT_NOT_FOUND"));
    for (BatchItem item : answer.getItemsList()) {
      if (item.hasCreated()) {
        assertThat(rows(item.getCreated().getStamp().getFileHash())).isEqualTo(1);
      }
    }
    assertThat(stack.count("select count(*) from metadata_stamps where namespace = ?", namespace))
        .isEqualTo(PAGE - 2);
  }

  @Test
  void shouldListTheStampsOfANamespacePageByPage() {
    var stamped = new ArrayList<String>();
    for (int i = 0; i < 2 * PAGE + 1; i++) {
      stamped.add(stamp("listed " + i + "\n", options(i + ".txt")).getStamp().getFileHash());
    }
    var listed = new ArrayList<String>();
    int pages = 0;
    String token = "";
    do {
      ListStampsResponse page =
          stack
              .stamping()
              .listStamps(
                  ListStampsRequest.newBuilder()
                      .setNamespace(namespace)
                      .setPageSize(PAGE)
                      .setPageToken(token)
                      .build());
      page.getStampsList().forEach(stamp -> listed.add(stamp.getFileHash()));
      token = page.getNextPageToken();
      pages++;
    } while (!token.isEmpty());

    assertThat(pages).isEqualTo(3);
    assertThat(listed).containsExactlyElementsOf(stamped.reversed());
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(new Runs(stack, namespace).bridgeState().getTotalStamps())
                .isEqualTo(stamped.size()));
  }
}
