// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.client.Client;
import dev.omnibridge.bridge.client.Workflows;
import dev.omnibridge.bridge.view.OneLine;
import dev.omnibridge.bridge.view.Palette;
import dev.omnibridge.bridge.view.Table;
import java.io.UncheckedIOException;

/** One verb at work: whom it asks, and where its results go. */
record Session(Setting setting, Client client, boolean json) implements AutoCloseable {
  /** Said when results went to a pipe that nobody reads any more, or to a full disk. */
  static final String UNWRITTEN = "The results cannot be written: the output is closed or full.";

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

  /** Ends a verb that goes on for long when nobody can have its results. */
  void requireWritten() {
    if (setting.out().checkError()) {
      throw unwritten();
    }
  }

  static CliFailure unwritten() {
    return new CliFailure(ExitCode.FAILED, UNWRITTEN);
  }

  /** A remark that is no result. */
  void remark(String text) {
    setting.err().println(setting.errorPalette().dim(text));
  }

  /** One JSON document, laid out for a terminal and compact otherwise. */
  void document(JsonNode document) {
    setting.out().println(setting.outIsTerminal() ? pretty(document) : compact(document));
  }

  /** One JSON document of many, on its own line. */
  void jsonLine(JsonNode document) {
    setting.out().println(compact(document));
  }

  /** A JSON object to be filled. */
  ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A JSON document in several lines. */
  static String pretty(JsonNode document) {
    return OneLine.ofJson(document.toPrettyString());
  }

  static String compact(JsonNode document) {
    try {
      return OneLine.ofJson(JSON.writeValueAsString(document));
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
