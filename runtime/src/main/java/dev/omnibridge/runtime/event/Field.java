// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A field of an event's payload. One that is not required may be absent or null.
 *
 * @param min least value of a number
 * @param max greatest value of a number
 * @param items type of an array's items; any when absent
 * @param values the only texts that it may have
 * @param fallback what readers take when it is absent
 */
public record Field(
    String name,
    Type type,
    boolean required,
    String description,
    @Nullable Double min,
    @Nullable Double max,
    @Nullable Type items,
    @Nullable List<String> values,
    @JsonProperty("default") @Nullable JsonNode fallback) {
  private static final int HASH_LENGTH = 64;

  /** What a value is. */
  public enum Type {
    @JsonProperty("any")
    ANY,
    @JsonProperty("array")
    ARRAY,
    @JsonProperty("boolean")
    BOOLEAN,
    @JsonProperty("hash")
    HASH,
    @JsonProperty("integer")
    INTEGER,
    @JsonProperty("number")
    NUMBER,
    @JsonProperty("object")
    OBJECT,
    @JsonProperty("string")
    STRING,
    @JsonProperty("timestamp")
    TIMESTAMP,
    @JsonProperty("uuid")
    UUID;

    /** As the catalogue writes it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean fits(JsonNode value) {
      return switch (this) {
        case ANY -> true;
        case ARRAY -> value.isArray();
        case BOOLEAN -> value.isBoolean();
        case HASH -> value.isTextual() && isHash(value.textValue());
        case INTEGER -> value.canConvertToExactIntegral();
        case NUMBER -> value.isNumber();
        case OBJECT -> value.isObject();
        case STRING -> value.isTextual();
        case TIMESTAMP -> value.isTextual() && Rfc3339.parse(value.textValue()) != null;
        case UUID -> value.isTextual() && EnvelopeReader.uuid(value.textValue()) != null;
      };
    }

    private static boolean isHash(String text) {
      return text.length() == HASH_LENGTH
          && text.chars().allMatch(at -> at >= '0' && at <= '9' || at >= 'a' && at <= 'f');
    }
  }

  /** What is wrong with a value, as the end of a sentence about the field; null when nothing is. */
  @Nullable String problem(@Nullable JsonNode value) {
    if (value == null || value.isNull() && type != Type.ANY) {
      return required ? "is missing (" + type.text() + ")" : null;
    }
    if (!type.fits(value)) {
      return "is not of type " + type.text();
    }
    if (items != null && !StreamSupport.stream(value.spliterator(), false).allMatch(items::fits)) {
      return "has items that are not of type " + items.text();
    }
    if (value.isNumber() && !isWithin(value.doubleValue())) {
      return "is out of its range";
    }
    return values == null || values.contains(value.asText()) ? null : "is none of " + values;
  }

  private boolean isWithin(double number) {
    return Double.isFinite(number)
        && (min == null || number >= min)
        && (max == null || number <= max);
  }
}
