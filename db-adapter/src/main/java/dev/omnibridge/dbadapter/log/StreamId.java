// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import dev.omnibridge.api.event.v1.StreamName;
import dev.omnibridge.runtime.Shards;
import dev.omnibridge.runtime.blake3.Blake3;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The name of a stream, and the key and shard computed from it. */
public record StreamId(String kind, String namespace, String id) {
  private static final long TIME_BITS = 0xFFFF_FFFF_FFFF_0000L;
  private static final int UUID_LENGTH = 36;
  private static final int VERSION_DIGIT = 14;

  public static StreamId of(StreamName name) {
    return new StreamId(name.getKind(), name.getNamespace(), name.getId());
  }

  /** Also the Kafka key of its events. */
  public String text() {
    return kind + '/' + namespace + '/' + id;
  }

  public StreamName toProto() {
    return StreamName.newBuilder().setKind(kind).setNamespace(namespace).setId(id).build();
  }

  /**
   * The key of the stream in the log: bits of the name's BLAKE3, and where the id is a UUIDv7 its
   * 48 bits of time in front, so that the rows of young streams lie side by side in every index.
   */
  public UUID key() {
    var hash = ByteBuffer.wrap(hash(kind + '\0' + namespace + '\0' + id));
    long high = hash.getLong();
    long low = hash.getLong();
    if (id.length() == UUID_LENGTH && id.charAt(VERSION_DIGIT) == '7') {
      try {
        long time = UUID.fromString(id).getMostSignificantBits() & TIME_BITS;
        return new UUID(time | high & ~TIME_BITS, low);
      } catch (IllegalArgumentException notAUuid) {
        return new UUID(high, low);
      }
    }
    return new UUID(high, low);
  }

  /** The shard, 0..255, that a placement key stands for; empty means namespace and id. */
  public int shard(String placementKey) {
    return placementKey.isEmpty() ? Shards.of(namespace, id) : Shards.of(placementKey);
  }

  private static byte[] hash(String text) {
    return Blake3.hash(text.getBytes(StandardCharsets.UTF_8)).bytes();
  }
}
