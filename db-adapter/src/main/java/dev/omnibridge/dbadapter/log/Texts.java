// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import java.io.IOException;

/** Checks that a text column or a json column can hold a value, before SQL meets it. */
public final class Texts {
  private static final JsonFactory JSON = new JsonFactory();

  private Texts() {}

  /** No NUL, which no text column can hold. */
  public static void check(String what, String value) {
    if (value.indexOf('\0') >= 0) {
      throw Fault.invalid("TEXT_WITH_NUL", "The %s holds a NUL character.".formatted(what))
          .with("field", what);
    }
  }

  /** UTF-8 JSON, one value and nothing after it; empty passes. */
  static void checkJson(String what, ByteString json) {
    if (json.isEmpty()) {
      return;
    }
    try (JsonParser parser = JSON.createParser(json.newInput())) {
      if (!json.isValidUtf8() || !oneValue(parser)) {
        throw malformed(what);
      }
    } catch (IOException notJson) {
      throw malformed(what);
    }
  }

  private static boolean oneValue(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return false;
    }
    parser.skipChildren();
    return parser.nextToken() == null;
  }

  private static Fault malformed(String what) {
    return Fault.invalid("JSON_MALFORMED", "The %s is not UTF-8 JSON.".formatted(what))
        .with("field", what);
  }
}
