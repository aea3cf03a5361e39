// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.view.OneLine;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** How the bytes of a record are shown to people. */
enum BytesForm {
  AUTO,
  JSON,
  UTF8,
  HEX,
  BASE64;

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** The bytes in this form; USAGE when they do not have it. */
  String show(ByteString bytes) {
    return switch (this) {
      case AUTO -> fitting(bytes).show(bytes);
      case JSON -> {
        if (!isJson(bytes)) {
          throw unfit();
        }
        yield Session.pretty(parsed(bytes));
      }
      case UTF8 -> {
        if (!bytes.isValidUtf8()) {
          throw unfit();
        }
        yield bytes.toStringUtf8();
      }
      case HEX -> HexFormat.of().formatHex(bytes.toByteArray());
      case BASE64 -> Base64.getEncoder().encodeToString(bytes.toByteArray());
    };
  }

  /** The same for a place that has one line. */
  String showInLine(ByteString bytes) {
    String shown = show(bytes);
    return OneLine.of(fitting(bytes) == JSON ? Session.compact(parsed(bytes)) : shown);
  }

  /** The first form that fits; a text that would move a terminal's cursor is none. */
  BytesForm fitting(ByteString bytes) {
    if (this != AUTO) {
      return this;
    }
    if (isJson(bytes)) {
      return JSON;
    }
    boolean printable =
        bytes.isValidUtf8()
            && bytes
                .toStringUtf8()
                .codePoints()
                .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t');
    return printable ? UTF8 : HEX;
  }

  private static boolean isJson(ByteString bytes) {
    if (bytes.isEmpty() || !bytes.isValidUtf8()) {
      return false;
    }
    try {
      return !MAPPER.readTree(bytes.toStringUtf8()).isMissingNode();
    } catch (JsonProcessingException none) {
      return false;
    }
  }

  private static JsonNode parsed(ByteString bytes) {
    try {
      return MAPPER.readTree(bytes.toStringUtf8());
    } catch (JsonProcessingException seen) {
      throw new IllegalStateException(seen);
    }
  }

  private CliFailure unfit() {
    return new CliFailure(
        ExitCode.USAGE,
        "The bytes are no %s; show them with --as hex or --as base64."
            .formatted(name().toLowerCase(Locale.ROOT)));
  }
}
