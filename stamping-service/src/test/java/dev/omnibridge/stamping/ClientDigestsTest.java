// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping;

import static dev.omnibridge.stamping.Served.options;
import static dev.omnibridge.stamping.StampingStories.fault;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.omnibridge.api.stamping.v1.BatchCreateStampsRequest;
import dev.omnibridge.api.stamping.v1.ClientDigests;
import dev.omnibridge.api.stamping.v1.CreateStampRequest;
import dev.omnibridge.api.stamping.v1.CreateStampResponse;
import dev.omnibridge.api.stamping.v1.GetStampRequest;
import dev.omnibridge.api.stamping.v1.HashedBy;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.FileDigest;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Digests that a client computed: taken, and told apart for ever. */
class ClientDigestsTest {
  private static final ByteString TEXT = ByteString.copyFromUtf8("one\r\ntwo\r\n");
  private static final Digests DIGESTS = FileDigest.of(TEXT.toByteArray());

  private Served served;

  @BeforeEach
  void start() throws Exception {
    served = Served.with(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @Test
  void shouldRecordWhoHashed() {
    var claimed = register(told()).getStamp();
    var found =
        served
            .client()
            .getStamp(
                GetStampRequest.newBuilder()
                    .setNamespace(Served.NAMESPACE)
                    .setHash(claimed.getFileHash())
                    .build())
            .getStamp();

    assertThat(claimed.getHashedBy()).isEqualTo(HashedBy.HASHED_BY_CLIENT);
    assertThat(claimed.getFileHash()).isEqualTo(DIGESTS.fileHash().hex());
    assertThat(claimed.getFileSize()).isEqualTo(TEXT.size());
    assertThat(found).isEqualTo(claimed);
    assertThat(payload(0)).contains("\"hashed_by\":\"client\"");
  }

  @Test
  void shouldReviseAClaimOnceTheServerHasSeenTheBytes() {
    register(told());
    served.model.forgetSnapshots();
    var seen = send();
    var again = register(told());

    assertThat(seen.getExisted()).isFalse();
    assertThat(seen.getStamp().getRevision()).isEqualTo(2);
    assertThat(seen.getStamp().getHashedBy()).isEqualTo(HashedBy.HASHED_BY_SERVER);
    assertThat(payload(1)).contains("\"hashed_by\":\"server\"");
    assertThat(again.getExisted()).isTrue();
    assertThat(again.getStamp()).isEqualTo(seen.getStamp());
    assertThat(send().getExisted()).isTrue();
  }

  @Test
  void shouldKnowAClaimFromTheSnapshot() {
    register(told());
    assertThat(register(told()).getExisted()).isTrue();
    assertThat(send().getStamp().getRevision()).isEqualTo(2);
  }

  @Test
  void shouldTakeTheContentHashForAFileHashThatIsNotTold() {
    assertThat(register(told().clearFileHash()).getStamp().getFileHash())
        .isEqualTo(DIGESTS.contentHash().hex());
  }

  @Test
  void shouldTakeBatchesOfAThousand() {
    var batch = BatchCreateStampsRequest.newBuilder();
    for (int i = 0; i < 1000; i++) {
      Digests one = FileDigest.of(new byte[] {(byte) i, (byte) (i >> 8), 0});
      batch.addItems(
          request(ClientDigests.newBuilder().setContentHash(one.contentHash().hex()).setSize(3)));
    }
    var response = served.client().batchCreateStamps(batch.build());

    assertThat(response.getSucceeded()).isEqualTo(1000);
    assertThat(served.model.events()).hasSize(1000);
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    assertThat(fault(() -> register(told().setContentHash("xyz"))).reason())
        .isEqualTo("INVALID_HASH_FORMAT");
    assertThat(fault(() -> register(told().setFileHash("12"))).reason())
        .isEqualTo("INVALID_HASH_FORMAT");
    assertThat(fault(() -> register(told().setSize(0))).reason()).isEqualTo("DIGESTS_CONTRADICT");
    assertThat(fault(() -> register(told().setSize(-1))).reason()).isEqualTo("INVALID_REQUEST");
    assertThat(served.model.events()).isEmpty();
  }

  @Test
  void shouldTakeNoneWhereItIsToldSo() throws Exception {
    try (var strict = Served.with(Map.of("STAMPING_CLIENT_DIGESTS", "false"))) {
      assertThat(fault(() -> strict.client().createStamp(request(told()))).reason())
          .isEqualTo("CLIENT_DIGESTS_REFUSED");
      assertThat(strict.model.events()).isEmpty();
    }
  }

  private static ClientDigests.Builder told() {
    return ClientDigests.newBuilder()
        .setContentHash(DIGESTS.contentHash().hex())
        .setFileHash(DIGESTS.fileHash().hex())
        .setSize(DIGESTS.size());
  }

  private static CreateStampRequest request(ClientDigests.Builder digests) {
    return CreateStampRequest.newBuilder().setDigests(digests).setOptions(options()).build();
  }

  private CreateStampResponse register(ClientDigests.Builder digests) {
    return served.client().createStamp(request(digests));
  }

  private CreateStampResponse send() {
    return served
        .client()
        .createStamp(
            CreateStampRequest.newBuilder().setContent(TEXT).setOptions(options()).build());
  }

  private String payload(int event) {
    return Envelope.parse(served.model.events().get(event).getBody().toByteArray())
        .payload()
        .toString();
  }
}
