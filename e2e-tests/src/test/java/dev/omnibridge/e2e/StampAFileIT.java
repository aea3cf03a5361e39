// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.ListStampsRequest;
import dev.omnibridge.api.stamping.v1.StampOptions;
import dev.omnibridge.api.stamping.v1.ValidateStampRequest;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.testkit.Thresholds;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A file is stamped: hashed, recorded, published, found again by its hash. */
class StampAFileIT {
  private static final String NAMESPACE = "stamp-story";

  private final Stack stack = OneSuite.stack();

  private CreateStampResponse stamp(String path, String text) {
    return stack
        .stamping()
        .createStamp(
            CreateStampRequest.newBuilder()
                .setContent(ByteString.copyFromUtf8(text))
                .setOptions(
                    StampOptions.newBuilder()
                        .setNamespace(NAMESPACE)
                        .setFilePath(path)
                        .setMetadata("{\"owner\":\"story\"}")
                        .setReturnStampedContent(true))
                .build());
  }

  @Test
  void shouldFindAStampByItsHashInTheServiceInSqlAndOnKafka() throws Exception {
    String text = "the first story\n";
    CreateStampResponse created = stamp("first.txt", text);
    String hash = created.getStamp().getFileHash();

    assertThat(created.getStamp().getContentHash())
        .isEqualTo(Blake3.hash(text.getBytes(UTF_8)).hex());
    var found =
        stack
            .stamping()
            .getStamp(GetStampRequest.newBuilder().setNamespace(NAMESPACE).setHash(hash).build());
    assertThat(found.getStamp()).isEqualTo(created.getStamp());
    assertThat(found.getStamp().getMetadata()).contains("story");
    assertThat(
            stack.count(
                "select count(*) from metadata_stamps where namespace = ? and file_hash = ?",
                NAMESPACE,
                hash))
        .isEqualTo(1);
    String key = "stamp/" + NAMESPACE + "/" + hash;
    var records =
        stack
            .kafka()
            .readUntil(
                seen -> Journals.distinct(seen, Set.of(key)) == 1,
                stack.topic("metadata.events.v1"));
    assertThat(records)
        .filteredOn(record -> record.key().equals(key))
        .singleElement()
        .satisfies(record ->
            assertThat(Journals.header(record, "ce_type"))
                .isEqualTo("dev.omnibridge.metadata.stamp-created.v1"));
  }

  @Test
  void shouldAnswerASecondStampOfTheSameFileWithTheFirst() throws Exception {
    CreateStampResponse first = stamp("twice.txt", "stamped twice\n");
    CreateStampResponse second = stamp("twice.txt", "stamped twice\n");
    assertThat(second.getExisted()).isTrue();
    assertThat(second.getStamp()).isEqualTo(first.getStamp());
    assertThat(stack.stream("stamp", NAMESPACE, first.getStamp().getFileHash())).hasSize(1);
  }

  @Test
  void shouldRecogniseTheStampItWroteIntoAText() {
    CreateStampResponse created = stamp("written.txt", "a text\nof two lines\n");
    var validated =
        stack
            .stamping()
            .validateStamp(
                ValidateStampRequest.newBuilder()
                    .setContent(created.getStampedContent())
                    .setExpectedHash(created.getStamp().getFileHash())
                    .build());
    assertThat(validated.getValid()).as(validated.getProblem()).isTrue();
    assertThat(validated.getStampsFound()).isEqualTo(1);
    var tampered =
        ByteString.copyFromUtf8(created.getStampedContent().toStringUtf8().replace("two", "ten"));
    assertThat(
            stack
                .stamping()
                .validateStamp(ValidateStampRequest.newBuilder().setContent(tampered).build())
                .getValid())
        .isFalse();
  }

  @Test
  void shouldKeepTheThresholdsForHashingAndForTheQueryByHash() {
    var thresholds = new Thresholds();
    String text = "0123456789abcdef".repeat(256);
    for (int i = 0; i < 250; i++) {
      CreateStampResponse created = stamp("file-" + i, text + i);
      var query =
          GetStampRequest.newBuilder()
              .setNamespace(NAMESPACE)
              .setHash(created.getStamp().getFileHash())
              .build();
      var measured = i < 50 ? new Thresholds() : thresholds;
      measured.record("hash_generation_ms", Duration.ofNanos(created.getTimings().getHashNanos()));
      assertThat(
              measured
                  .time("metadata_stamping_flow_ms", () -> stack.stamping().getStamp(query))
                  .getStamp())
          .isEqualTo(created.getStamp());
    }
    System.out.println(thresholds.table());
    assertThat(thresholds.summaries()).hasSize(2).allMatch(Thresholds.Summary::averageKeepsLimit);
    var page =
        stack
            .stamping()
            .listStamps(
                ListStampsRequest.newBuilder().setNamespace(NAMESPACE).setPageSize(100).build());
    assertThat(page.getStampsList()).hasSize(100);
    assertThat(page.getNextPageToken()).isNotEmpty();
  }
}
