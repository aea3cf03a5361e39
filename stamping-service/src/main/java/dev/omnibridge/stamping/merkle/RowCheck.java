// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.omnibridge.runtime.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the row that queries answer from with the record of its leaf, field by field. Those that
 * are the same byte for byte do not come here: db-adapter has compared them.
 */
public final class RowCheck {
  private static final Set<String> MEMBERS = Set.of("metadata", "stamp", "hashed_by");

  private final String namespace;

  /** For the rows of one namespace. */
  public RowCheck(String namespace) {
    this.namespace = namespace;
  }

  /** The first difference between record and row, both of which are there; null when none. */
  public @Nullable Difference compare(Tuples t) {
    StampRecord record;
    try {
      record = StampRecord.parse(t.record());
    } catch (Fault damaged) {
      return new Difference("record", "a record", damaged.sentence());
    }
    Map<String, Object[]> fields = new LinkedHashMap<>();
    fields.put("file_hash", pair(record.fileHash(), t.text(Tuples.FILE_HASH)));
    fields.put("revision", pair(record.revision(), t.number(Tuples.REVISION)));
    fields.put("stamp_id", pair(record.stampId(), t.uuid(Tuples.STAMP_ID)));
    fields.put("content_hash", pair(record.contentHash(), t.text(Tuples.CONTENT_HASH)));
    fields.put("file_size", pair(record.size(), t.number(Tuples.FILE_SIZE)));
    fields.put("file_path", pair(record.filePath(), t.text(Tuples.FILE_PATH)));
    fields.put("content_type", pair(record.contentType(), t.text(Tuples.CONTENT_TYPE)));
    fields.put("created_at", pair(record.createdAt(), t.time(Tuples.CREATED_AT)));
    fields.put("stamped_at", pair(record.stampedAt(), t.time(Tuples.STAMPED_AT)));
    fields.put("run_id", pair(record.runId(), t.uuid(Tuples.RUN_ID)));
    fields.put("op_id", pair(record.opId(), t.uuid(Tuples.OP_ID)));
    fields.put("namespace", pair(record.namespace(), namespace));
    for (var field : fields.entrySet()) {
      Object[] values = field.getValue();
      if (!values[0].equals(values[1])) {
        return new Difference(field.getKey(), (String) values[0], (String) values[1]);
      }
    }
    return data(record, t.text(Tuples.STAMP_DATA));
  }

  private static Object[] pair(@Nullable Object expected, @Nullable Object found) {
    return new Object[] {Objects.toString(expected, ""), Objects.toString(found, "")};
  }

  /** However the JSON is written: a restored row has the same in another form. */
  private static @Nullable Difference data(StampRecord record, String stampData) {
    @Nullable JsonNode data = Json.read(stampData);
    if (data == null) {
      return new Difference("stamp_data", "a JSON object", stampData);
    }
    JsonNode metadata = data.path("metadata");
    if (!Json.same(record.metadata(), metadata)) {
      return new Difference("metadata", record.metadata(), metadata.toString());
    }
    String hashedBy = data.path("hashed_by").asText("server");
    if (!hashedBy.equals(record.hashedBy())) {
      return new Difference("hashed_by", record.hashedBy(), hashedBy);
    }
    String stamp = data.path("stamp").asText();
    String expected =
        "# ONEX:uid=%s,hash=%s,ts=%s"
            .formatted(record.stampId(), record.fileHash(), record.createdAt());
    if (!stamp.equals(expected)) {
      return new Difference("stamp", expected, stamp);
    }
    return members(data);
  }

  /** Nothing may stand there that no leaf vouches for. */
  private static @Nullable Difference members(JsonNode data) {
    for (var names = data.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!MEMBERS.contains(name)) {
        return new Difference("stamp_data", "nothing but metadata, stamp and hashed_by", name);
      }
    }
    String by = data.path("hashed_by").asText("server");
    return by.equals("server") || by.equals("client") || data.path("hashed_by").isMissingNode()
        ? null
        : new Difference("hashed_by", "server or client", by);
  }
}
