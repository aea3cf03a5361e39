// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.view.Palette;
import dev.omnibridge.bridge.view.Table;
import java.io.UncheckedIOException;

/** One verb at work: whom it asks, and where its results go. */
record Session(Setting setting, Client client, boolean json) implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  Workflows workflows() {
    return new Workflows(client);
  }

  Palette palette() {
    return setting.palette();
  }

  void line(String text) {
    setting.out().println(text);
  }

  void table(Table table) {
    table.lines().forEach(setting.out()::println);
  }

  /** A remark that is no result. */
  void remark(String text) {
    setting.err().println(setting.errorPalette().dim(text));
  }

  /** One JSON document, laid out for a terminal and compact otherwise. */
  void document(JsonNode document) {
    setting.out().println(setting.outIsTerminal() ? document.toPrettyString() : compact(document));
  }

  /** One JSON document of many, on its own line. */
  void jsonLine(JsonNode document) {
    setting.out().println(compact(document));
  }

  /** A JSON object to be filled. */
  ObjectNode object() {
    return JSON.createObjectNode();
  }

  static String compact(JsonNode document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
