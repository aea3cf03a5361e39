// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares the event that the log holds with the record of its leaf, with every digit of its
 * numbers.
 */
public final class EventCheck {
  private EventCheck() {}

  /** The first difference between a record and its event; null when none. */
  public static @Nullable Difference compare(StampRecord record, byte[] body) {
    @Nullable JsonNode envelope = Json.read(new String(body, UTF_8));
    if (envelope == null) {
      return new Difference("event", "an envelope", "no JSON");
    }
    JsonNode payload = envelope.path("payload");
    Map<String, Object> expected = new LinkedHashMap<>();
    Map<String, Object> found = new LinkedHashMap<>();
    expected.put("file_hash", record.fileHash());
    found.put("file_hash", payload.path("file_hash").asText());
    expected.put("revision", record.revision());
    found.put("revision", payload.path("revision").asLong(1));
    expected.put("stamp_id", record.stampId());
    found.put("stamp_id", payload.path("stamp_id").asText());
    expected.put("content_hash", record.contentHash());
    found.put("content_hash", payload.path("content_hash").asText());
    expected.put("file_size", record.size());
    found.put("file_size", payload.path("file_size_bytes").asText());
    expected.put("file_path", record.filePath());
    found.put("file_path", payload.path("file_path").asText());
    expected.put("content_type", record.contentType());
    found.put("content_type", payload.path("content_type").asText());
    expected.put("stamped_at", record.stampedAt());
    found.put("stamped_at", envelope.path("event_timestamp").asText());
    if (record.revision() == 1) {
      expected.put("created_at", record.createdAt());
      found.put("created_at", envelope.path("event_timestamp").asText());
    }
    expected.put("run_id", Objects.toString(record.runId(), ""));
    found.put("run_id", payload.path("run_id").asText());
    expected.put("op_id", record.opId());
    found.put("op_id", payload.path("op_id").asText());
    expected.put("namespace", record.namespace());
    found.put("namespace", envelope.path("namespace").asText());
    expected.put("hashed_by", record.hashedBy());
    found.put("hashed_by", payload.path("hashed_by").asText("server"));
    for (String field : expected.keySet()) {
      String wanted = String.valueOf(expected.get(field));
      String there = String.valueOf(found.get(field));
      if (!wanted.equals(there)) {
        return new Difference(field, wanted, there);
      }
    }
    JsonNode metadata = payload.path("metadata");
    return Json.same(record.metadata(), metadata)
        ? null
        : new Difference("metadata", record.metadata(), metadata.toString());
  }
}
