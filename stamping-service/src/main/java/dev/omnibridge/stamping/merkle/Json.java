// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.merkle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/** JSON that is compared by what it says, with every digit of its numbers. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /** What the text says; null when it is not JSON. */
  static @Nullable JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }

  /** Whether both say the same; something missing says the same as an empty object. */
  static boolean same(String expected, JsonNode found) {
    JsonNode value = found.isMissingNode() ? MAPPER.createObjectNode() : found;
    JsonNode wanted = read(expected);
    return wanted != null && wanted.toString().equals(value.toString());
  }
}
