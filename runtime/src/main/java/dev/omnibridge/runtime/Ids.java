// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime;

import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Ids: UUIDv7 for our own things, and UUIDs derived from foreign names (RFC 9562). */
public final class Ids {
  private Ids() {}

  /** A UUIDv7: 48 bits of milliseconds, then 74 random bits; sorts by time. */
  public static UUID uuid7(Instant now, RandomGenerator random) {
    long millis = now.toEpochMilli();
    long high = millis << 16 | 0x7000L | random.nextLong() & 0x0FFFL;
    long low = random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }

  /** The UUID that always stands for this name in this space (version 8, from BLAKE3). */
  public static UUID derived(String space, String name) {
    var hash = Blake3.hash((space + '\0' + name).getBytes(StandardCharsets.UTF_8));
    var bytes = ByteBuffer.wrap(hash.bytes());
    long high = bytes.getLong() & 0xFFFFFFFFFFFF0FFFL | 0x8000L;
    long low = bytes.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }

  /**
   * The UUID that always stands for this name in this space at this time (version 8): 48 bits of
   * milliseconds, then bits of the name's BLAKE3. Ids of one time lie side by side in an index.
   */
  public static UUID derivedAt(Instant time, String space, String name) {
    UUID hash = derived(space, name);
    long high = time.toEpochMilli() << 16 | hash.getMostSignificantBits() & 0xFFFFL;
    return new UUID(high, hash.getLeastSignificantBits());
  }
}
