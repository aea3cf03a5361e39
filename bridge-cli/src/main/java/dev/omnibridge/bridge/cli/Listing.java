// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.omnibridge.bridge.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One JSON document with a long array in it, printed while its items come, so that memory does not
 * grow with them. Nothing is printed before the first item or the end.
 */
final class Listing implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Setting setting;
  private final String array;
  private @Nullable JsonGenerator out;

  /** A document with an array of this name. */
  Listing(Setting setting, String array) {
    this.setting = setting;
    this.array = array;
  }

  /** One more item. */
  void add(JsonNode item) {
    try {
      begun().writeTree(item);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Ends the array, and adds one more field. */
  void end(String field, JsonNode value) {
    try {
      JsonGenerator to = begun();
      to.writeEndArray();
      to.writeFieldName(field);
      to.writeTree(value);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private JsonGenerator begun() throws IOException {
    JsonGenerator to = out;
    if (to == null) {
      to = JSON.createGenerator(setting.out()).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      if (setting.outIsTerminal()) {
        to.setPrettyPrinter(new DefaultPrettyPrinter());
      }
      to.writeStartObject();
      to.writeArrayFieldStart(array);
      out = to;
    }
    return to;
  }

  /** Ends the document, also one that something stopped in the middle. */
  @Override
  public void close() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      setting.out().println();
    }
  }
}
