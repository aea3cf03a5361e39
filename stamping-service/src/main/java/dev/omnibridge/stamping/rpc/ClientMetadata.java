// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.omnibridge.runtime.Fault;
import java.math.BigDecimal;

/** The client's metadata: any JSON object that the log and the database can hold. */
final class ClientMetadata {
  private static final int DEEPEST = 64;
  private static final int LARGEST_EXPONENT = 1000;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private ClientMetadata() {}

  /** The object without insignificant space; an empty text means an empty object. */
  static String normal(String metadata) {
    if (metadata.isEmpty()) {
      return "{}";
    }
    try {
      JsonNode object = JSON.readTree(metadata);
      if (object == null || !object.isObject()) {
        throw invalid("it is not a JSON object");
      }
      check(object);
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException unreadable) {
      throw invalid("it is not JSON, or nested more than %d deep".formatted(DEEPEST));
    }
  }

  private static void check(JsonNode node) {
    if (node.isTextual()) {
      check(node.textValue());
    } else if (node.isNumber()) {
      check(node.decimalValue());
    }
    node.properties().forEach(field -> check(field.getKey()));
    node.forEach(ClientMetadata::check);
  }

  private static void check(String text) {
    if (text.codePoints().anyMatch(c -> c == 0 || c >= 0xD800 && c <= 0xDFFF)) {
      throw invalid("a text in it holds NUL or half a character");
    }
  }

  /** Beyond that, PostgreSQL cannot show the number. */
  private static void check(BigDecimal number) {
    if (number.scale() > LARGEST_EXPONENT || number.scale() < -LARGEST_EXPONENT) {
      throw invalid("the exponent of a number in it is beyond %d".formatted(LARGEST_EXPONENT));
    }
  }

  private static Fault invalid(String why) {
    return Fault.invalidField(
        "INVALID_METADATA", "options.metadata", "The metadata cannot be used: " + why + ".");
  }
}
