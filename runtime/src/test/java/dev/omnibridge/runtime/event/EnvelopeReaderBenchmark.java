// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long one envelope of 500 bytes takes the reader, on one thread. */
@Tag("benchmark")
class EnvelopeReaderBenchmark {
  private static final int EVENTS = 1_000_000;
  private static final int DIFFERENT = 1 << 12;
  private static final int ROUNDS = 6;
  private static final int BYTES = 500;

  @Test
  void headOfAnEnvelopeOfFiveHundredBytes() {
    var bodies = new byte[DIFFERENT][];
    for (int at = 0; at < DIFFERENT; at++) {
      bodies[at] = body();
    }
    for (int round = 1; round <= ROUNDS; round++) {
      long begun = System.nanoTime();
      long sum = 0;
      for (int at = 0; at < EVENTS; at++) {
        sum += new EnvelopeReader().head(bodies[at % DIFFERENT]).id().length();
      }
      double nanos = (double) (System.nanoTime() - begun) / EVENTS;
      System.out.printf("round %d: %.0f ns an event (%d)%n", round, nanos, sum);
    }
  }

  private static byte[] body() {
    String head =
        """
        {"envelope_version":"1.0","event_id":"%s","event_type":"com.example.order.placed.v1",\
        "event_timestamp":"%s","source_service":"shop","correlation_id":"%s","session_id":"%s",\
        "payload":{"order":"o-1","items":[{"sku":"a","count":2},{"sku":"b","count":1}],"note":"%s"}}\
        """;
    String filled =
        head.formatted(UUID.randomUUID(), Instant.now(), UUID.randomUUID(), UUID.randomUUID(), "");
    String note = "x".repeat(BYTES - filled.length());
    return filled.replace("\"note\":\"\"", "\"note\":\"" + note + "\"").getBytes(UTF_8);
  }
}
