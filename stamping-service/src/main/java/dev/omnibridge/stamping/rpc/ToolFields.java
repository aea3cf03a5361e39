// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Violation;
import dev.omnibridge.stamping.stamp.CommentStyle;
import dev.omnibridge.stamping.stamp.ToolMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The client's metadata as the fields of a tool metadata block. A plain word is written as it is,
 * anything else as JSON on one line, which is YAML, too.
 */
final class ToolFields {
  private static final String FIELD = "options.metadata";
  private static final Pattern KEY = Pattern.compile("(?!.*--)[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Pattern PLAIN = Pattern.compile("(?!.*--)[A-Za-z_][A-Za-z0-9_./-]*");
  private static final List<String> NOT_PLAIN =
      List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private ToolFields() {}

  /**
   * The fields by key, in order.
   *
   * @param metadata a JSON object
   */
  static Map<String, String> from(String metadata) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (var field : parse(metadata).properties()) {
      if (!KEY.matcher(field.getKey()).matches() || field.getKey().equals(ToolMetadata.INTEGRITY)) {
        throw invalid("The key %s cannot be written into the block.".formatted(field.getKey()));
      }
      fields.put(field.getKey(), yaml(field.getValue()));
    }
    List<String> missing = ToolMetadata.missing(fields);
    if (!missing.isEmpty()) {
      throw invalid("The tool metadata lack " + String.join(", ", missing) + ".")
          .withViolations(
              missing.stream()
                  .map(key -> new Violation(FIELD + "." + key, "It is required."))
                  .toList());
    }
    if (!ToolMetadata.fits(fields)) {
      throw invalid("The tool metadata are too large for a block.");
    }
    return fields;
  }

  private static JsonNode parse(String metadata) {
    try {
      return JSON.readTree(metadata);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String yaml(JsonNode value) {
    String text = value.asText();
    boolean plain =
        value.isTextual()
            && PLAIN.matcher(text).matches()
            && !NOT_PLAIN.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : CommentStyle.endingNone(value.toString());
  }

  private static Fault invalid(String sentence) {
    return Fault.invalidField("TOOL_METADATA_INVALID", FIELD, sentence);
  }
}
