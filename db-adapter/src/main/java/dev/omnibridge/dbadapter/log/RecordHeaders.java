// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.dbadapter.log.Outgoing.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record as a json column keeps them: [{"key": ..., "value": base64 or null}, ...]
 * in their order, several of one key included.
 */
public final class RecordHeaders {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordHeaders() {}

  /** For the column. */
  public static String toJson(List<RecordHeader> headers) {
    ArrayNode array = JSON.createArrayNode();
    for (RecordHeader header : headers) {
      var entry = array.addObject().put("key", header.getKey());
      entry.put("value", header.hasValue() ? header.getValue().toByteArray() : null);
    }
    return array.toString();
  }

  /** From the column, for Kafka. */
  public static List<Header> toKafka(String json) {
    var headers = new ArrayList<Header>();
    for (JsonNode entry : parsed(json)) {
      headers.add(new Header(entry.path("key").asText(), bytes(entry)));
    }
    return headers;
  }

  /** From the column, for an answer. */
  public static List<RecordHeader> toMessages(String json) {
    var headers = new ArrayList<RecordHeader>();
    for (JsonNode entry : parsed(json)) {
      var header = RecordHeader.newBuilder().setKey(entry.path("key").asText());
      byte[] value = bytes(entry);
      if (value != null) {
        header.setValue(ByteString.copyFrom(value));
      }
      headers.add(header.build());
    }
    return headers;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException written) {
      throw new IllegalStateException("Headers that were written here cannot be read", written);
    }
  }

  private static byte @Nullable [] bytes(JsonNode entry) {
    JsonNode value = entry.path("value");
    try {
      return value.isNull() ? null : value.binaryValue();
    } catch (IOException notBase64) {
      throw new UncheckedIOException(notBase64);
    }
  }
}
