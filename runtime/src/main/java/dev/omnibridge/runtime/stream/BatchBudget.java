// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.stream;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a batch may take in memory, for the keys and the values of one consumer.
 * Kafka's client bounds a poll by its records and by their bytes as they were sent: 8,000 records
 * of 22 KB of blanks are 176 MB, sent as a few hundred KB. So each record counts when it is taken
 * out of what was fetched, and when the budget is spent, the next is refused by an exception.
 *
 * <p>Kafka's client then ends the poll with what it has. What was refused it keeps and offers first
 * at the next poll, or fetches again when the marker of a transaction stands before it (4.4.0,
 * CompletedFetch and FetchCollector, for both kinds of consumers). Only when it has nothing does it
 * throw the exception. So a poll must begin with a budget that is not spent: then the first record
 * is taken whatever its size.
 *
 * <p>A record with neither key nor value does not count, as Kafka's client asks nobody for it.
 */
public final class BatchBudget extends ByteArrayDeserializer {
  /**
   * Twice what db-adapter's inbox stores at once, which it does in two lanes; it has two batches at
   * a time, so 32 MiB of a heap of 256 MB, beside 48 MiB of appends. Our own events take 3 KB with
   * their 17 headers, so some 5,400 of them are a batch.
   */
  static final long BYTES = 16 << 20;

  /** What a record takes beside its bytes, and a header beside its own; of ours, 4% too much. */
  private static final long RECORD = 256;

  private static final long HEADER = 96;

  private long taken;
  private @Nullable Headers latest;

  /** For another batch; not while records are polled. */
  public void renew() {
    taken = 0;
    latest = null;
  }

  /** Whether another record would be refused. */
  boolean spent() {
    return taken >= BYTES;
  }

  /** The headers tell which record it is of; one whose key was taken is taken whole. */
  @Override
  public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
    if (headers != latest) {
      if (spent()) {
        throw new SerializationException("The batch is full; the record is for the next one.");
      }
      latest = headers;
      taken += RECORD + bytes(headers);
    }
    taken += data.remaining();
    return super.deserialize(topic, headers, data);
  }

  /** Headers that were read keep nothing else of what was unpacked alive. */
  private static long bytes(Headers headers) {
    long sum = 0;
    for (Header header : headers) {
      byte @Nullable [] value = header.value();
      sum += HEADER + header.key().length();
      sum += value == null ? 0 : value.length;
    }
    return sum;
  }
}
