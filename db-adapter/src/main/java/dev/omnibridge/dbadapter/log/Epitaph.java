// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import dev.omnibridge.api.log.v1.DeadLetter;
import dev.omnibridge.api.log.v1.RecordHeader;
import dev.omnibridge.runtime.event.EventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a record that nobody could process lets be known of itself, so that it can be found: from
 * its fields as far as they can be read, else from its headers.
 *
 * @param redriveId the redrive that the record came from
 */
public record Epitaph(
    @Nullable UUID correlationId, @Nullable String eventType, @Nullable UUID redriveId) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_BYTES = 512 * 1024;
  private static final int MOST_TYPE = 200;

  /** Never throws, whatever the record is. */
  public static Epitaph of(DeadLetter letter) {
    Map<String, String> fields = fields(letter.getValue());
    String type = fields.getOrDefault("event_type", fields.getOrDefault("type", ""));
    String correlation = fields.getOrDefault("correlation_id", "");
    return new Epitaph(
        Rows.idOrNull(
            correlation.isEmpty() ? header(letter, EventHeaders.CORRELATION_ID) : correlation),
        usable(type.isEmpty() ? header(letter, EventHeaders.TYPE) : type),
        Rows.idOrNull(header(letter, Redriven.REPLAY_ID)));
  }

  private static @Nullable String usable(String type) {
    boolean usable = !type.isEmpty() && type.length() <= MOST_TYPE && type.indexOf('\0') < 0;
    return usable ? type : null;
  }

  /** The texts of an object's own fields, up to where it cannot be read. */
  private static Map<String, String> fields(ByteString value) {
    var fields = new TreeMap<String, String>();
    if (value.isEmpty() || value.size() > MOST_BYTES || !value.isValidUtf8()) {
      return fields;
    }
    try (JsonParser parser = JSON.createParser(value.newInput())) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          if (parser.nextToken() == JsonToken.VALUE_STRING) {
            fields.put(name, parser.getText());
          } else {
            parser.skipChildren();
          }
        }
      }
    } catch (IOException brokenOff) {
      return fields;
    }
    return fields;
  }

  private static String header(DeadLetter letter, String name) {
    String value = "";
    for (RecordHeader header : letter.getHeadersList()) {
      if (header.getKey().equals(name) && header.hasValue()) {
        value = header.getValue().toString(StandardCharsets.UTF_8);
      }
    }
    return value;
  }
}
