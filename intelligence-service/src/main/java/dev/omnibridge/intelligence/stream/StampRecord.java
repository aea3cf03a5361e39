// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.stream;

import dev.omnibridge.intelligence.index.Change.Stamped;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.LogKeys;
import dev.omnibridge.runtime.event.Envelope;
import dev.omnibridge.runtime.event.EventHeaders;
import dev.omnibridge.runtime.stream.OwnLog;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the stamps of a log from what else is on their topic, where anybody may publish. What is no
 * stamp, or one that the log would not have taken, is nothing here: db-adapter keeps dead letters.
 */
final class StampRecord {
  private static final Logger log = LoggerFactory.getLogger(StampRecord.class);
  private static final Set<String> TYPES =
      Set.of(
          "dev.omnibridge.metadata.stamp-created.v1", "dev.omnibridge.metadata.stamp-revised.v1");
  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int LONGEST_PATH = 4096;

  private StampRecord() {}

  /** The stamp, without features; null when the record is none. */
  static @Nullable Stamped read(ConsumerRecord<byte[], byte[]> record, OwnLog own) {
    if (record.value() == null || !own.mayHold(record.headers())) {
      return null;
    }
    try {
      Envelope envelope = Envelope.parse(record.value());
      Stamped stamp = stamp(envelope);
      return TYPES.contains(envelope.eventType()) && isOfItsStream(stamp, record) && usable(stamp)
          ? stamp
          : null;
    } catch (Fault malformed) {
      log.atDebug()
          .addKeyValue(LogKeys.OFFSET, record.offset())
          .addKeyValue(LogKeys.REASON, malformed.reason())
          .log("record is no stamp");
      return null;
    }
  }

  private static Stamped stamp(Envelope envelope) {
    var payload = envelope.payload();
    return new Stamped(
        envelope.namespace(),
        payload.path("content_hash").asText(),
        payload.path("file_hash").asText(),
        payload.path("file_path").asText(),
        null);
  }

  private static boolean isOfItsStream(Stamped stamp, ConsumerRecord<byte[], byte[]> record) {
    Header stream = record.headers().lastHeader(EventHeaders.STREAM);
    return stream != null
        && stream.value() != null
        && new String(stream.value(), StandardCharsets.UTF_8)
            .startsWith("stamp/" + stamp.namespace() + "/");
  }

  private static boolean usable(Stamped stamp) {
    String path = stamp.path();
    return NAMESPACE.matcher(stamp.namespace()).matches()
        && HASH.matcher(stamp.contentHash()).matches()
        && HASH.matcher(stamp.fileHash()).matches()
        && path.codePointCount(0, path.length()) <= LONGEST_PATH;
  }
}
