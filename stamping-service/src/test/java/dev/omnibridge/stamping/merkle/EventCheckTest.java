// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventCheckTest {
  private static final Instant AT = Instant.parse("2026-11-21T10:00:00.123456Z");

  private static StampRecord first(Instant createdAt) {
    StampRecord r = ProofBundleTest.record("default");
    return new StampRecord(
        r.stampId(),
        1,
        r.fileHash(),
        r.contentHash(),
        r.size(),
        createdAt,
        AT,
        r.opId(),
        null,
        r.namespace(),
        "f",
        "",
        "{}",
        false);
  }

  private static byte[] event(StampRecord r) {
    return """
    {"event_timestamp":"%s","namespace":"%s","payload":{"file_hash":"%s","stamp_id":"%s",
     "content_hash":"%s","file_size_bytes":%d,"file_path":"f","content_type":"","op_id":"%s"}}
    """
        .formatted(
            r.stampedAt(),
            r.namespace(),
            r.fileHash(),
            r.stampId(),
            r.contentHash(),
            r.size(),
            r.opId())
        .getBytes(UTF_8);
  }

  @Test
  void shouldCompareTheTimeOfTheFirstBytesWithTheirEvent() {
    assertThat(EventCheck.compare(first(AT), event(first(AT)))).isNull();
    StampRecord earlier = first(AT.minusSeconds(1));
    assertThat(EventCheck.compare(earlier, event(earlier)))
        .isEqualTo(new Difference("created_at", earlier.createdAt().toString(), AT.toString()));
  }
}
