// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordEdit;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.event.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A record of a dead letter with what somebody wants changed of it; the letter keeps the original.
 *
 * @param headersEdited the headers are others than the original's
 */
public record EditedRecord(DeadLetter original, RecordEdit edit, boolean headersEdited) {
  /** The header of a letter whose record had a value that was too large to be kept. */
  public static final String VALUE_OMITTED = "ob_value_omitted";

  public static final String HEADERS_OMITTED = "ob_headers_omitted";
  public static final String KEY_OMITTED = "ob_key_omitted";

  /** The headers of a letter that tell what of its record was too large. */
  public static final List<String> OMITTED = List.of(VALUE_OMITTED, HEADERS_OMITTED, KEY_OMITTED);

  private static final List<String> RESERVED = List.of("ob_", "__connect.errors.");
  private static final int MOST_KEY = 1000;

  /** What Kafka adds to a header for its lengths, and some more. */
  private static final int BYTES_PER_HEADER = 12;

  /**
   * INVALID (HEADER_RESERVED, TEXT_WITH_NUL) for headers that are not the caller's to set; REFUSED
   * (EDIT_OF_OWN_EVENT) for an event of the log itself, whose truth is the log.
   */
  public static EditedRecord of(DeadLetter original, RecordEdit edit, String logId) {
    edit.getSetHeadersList().forEach(header -> checkKey(header.getKey()));
    edit.getRemoveHeadersList().forEach(EditedRecord::checkKey);
    var edited =
        new EditedRecord(
            original, edit, edit.getSetHeadersCount() > 0 || edit.getRemoveHeadersCount() > 0);
    if (edited.isEdited() && header(original, EventHeaders.LOG_ID).equals(logId)) {
      throw Fault.of(
          Kind.REFUSED,
          "EDIT_OF_OWN_EVENT",
          "The record is an event of the log, which cannot be changed; redrive it as it is.");
    }
    return edited;
  }

  private static void checkKey(String key) {
    Texts.check("key of a header", key);
    boolean ours = RESERVED.stream().anyMatch(key::startsWith) || Redriven.isOurs(key);
    if (ours || key.isEmpty() || key.length() > MOST_KEY) {
      throw Fault.invalidField(
          "HEADER_RESERVED",
          "edit.set_headers",
          "A header cannot be named '%s'.".formatted(key.isEmpty() ? "" : key));
    }
  }

  private static String header(DeadLetter letter, String name) {
    return letter.getHeadersList().stream()
        .filter(header -> header.getKey().equals(name))
        .map(header -> header.getValue().toString(StandardCharsets.UTF_8))
        .reduce("", (_, last) -> last);
  }

  /** Whether anything is changed. */
  public boolean isEdited() {
    return edit.hasValue() || headersEdited;
  }

  /** The value to be published; null for a null value. */
  public @Nullable ByteString value() {
    if (edit.hasValue()) {
      return edit.getValue();
    }
    return original.hasValue() ? original.getValue() : null;
  }

  /** Whether the value was left out of the letter, and is not given anew. */
  public boolean valueMissing() {
    return value() == null
        && original.getHeadersList().stream()
            .anyMatch(header -> header.getKey().equals(VALUE_OMITTED));
  }

  /** About how large the record to be published is. */
  public long bytes() {
    ByteString value = value();
    long headers =
        headers().stream()
            .mapToLong(
                header -> header.getKeyBytes().size() + header.getValue().size() + BYTES_PER_HEADER)
            .sum();
    return original.getKey().size() + (value == null ? 0 : value.size()) + headers;
  }

  /** The headers to be published, in their order. */
  public List<RecordHeader> headers() {
    Set<String> gone =
        edit.getSetHeadersList().stream().map(RecordHeader::getKey).collect(Collectors.toSet());
    gone.addAll(edit.getRemoveHeadersList());
    var headers = new ArrayList<RecordHeader>();
    for (RecordHeader header : original.getHeadersList()) {
      if (!gone.contains(header.getKey())) {
        headers.add(header);
      }
    }
    headers.addAll(edit.getSetHeadersList());
    return headers;
  }

  /** The same as a record from Kafka, to try whether it would be taken. */
  public Incoming incoming(Instant time) {
    ByteString value = value();
    return new Incoming(
        original.getTopic(),
        time,
        original.hasKey() ? original.getKey().toByteArray() : null,
        value == null ? null : value.toByteArray(),
        RecordHeaders.toKafka(RecordHeaders.toJson(headers())));
  }

  /** What is changed, for the audit: sizes, hashes and names, no contents. */
  public ObjectNode changes() {
    ObjectNode changes = JsonNodeFactory.instance.objectNode();
    if (edit.hasValue()) {
      changes.set("value_before", described(original.getValue()));
      changes.set("value_after", described(edit.getValue()));
    }
    if (headersEdited) {
      var set = changes.putArray("headers_set");
      edit.getSetHeadersList().forEach(header -> set.add(header.getKey()));
      var removed = changes.putArray("headers_removed");
      edit.getRemoveHeadersList().forEach(removed::add);
    }
    return changes;
  }

  private static ObjectNode described(ByteString value) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("bytes", value.size())
        .put("blake3", Blake3.hash(value.toByteArray()).toString());
  }
}
