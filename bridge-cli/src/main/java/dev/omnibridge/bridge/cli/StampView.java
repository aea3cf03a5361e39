// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.api.stamping.v1.Stamp;
import dev.omnibridge.bridge.view.Amounts;
import dev.omnibridge.bridge.view.ProtoJson;
import dev.omnibridge.bridge.view.Table;
import dev.omnibridge.bridge.view.Table.Cell;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How stamps are shown. */
record StampView(Session session) {

  /** What became of one file: a stamp, or a problem. */
  record Item(String path, @Nullable Stamp stamp, boolean existed, String problem) {
    static Item stamped(String path, Stamp stamp, boolean existed) {
      return new Item(path, stamp, existed, "");
    }

    static Item failed(String path, String problem) {
      return new Item(path, null, false, problem);
    }

    boolean succeeded() {
      return problem.isEmpty();
    }
  }

  void print(List<Item> items) {
    if (session.json()) {
      ObjectNode document = session.object();
      var array = document.putArray("stamps");
      items.forEach(item -> array.add(json(item)));
      session.document(document);
      return;
    }
    var table = new Table(session.palette(), "FILE HASH", ">SIZE", "STAMP", "PATH");
    items.forEach(item -> row(table, item));
    if (!table.isEmpty()) {
      session.table(table);
    }
    items.stream()
        .filter(item -> !item.succeeded())
        .forEach(item ->
            session
                .setting()
                .err()
                .println(session.setting().errorPalette().red("failed: ") + item.problem()));
  }

  private void row(Table table, Item item) {
    Stamp stamp = item.stamp();
    if (stamp != null) {
      var palette = session.palette();
      table.row(
          stamp.getFileHash(),
          Amounts.bytes(stamp.getFileSize()),
          item.existed() ? Cell.of("existed") : new Cell(news(stamp), palette::green),
          item.path());
    }
  }

  private static String news(Stamp stamp) {
    return stamp.getRevision() > 1 ? "revision " + stamp.getRevision() : "new";
  }

  private ObjectNode json(Item item) {
    ObjectNode object = session.object();
    object.put("path", item.path());
    Stamp stamp = item.stamp();
    if (stamp == null) {
      object.put("error", item.problem());
    } else {
      object.put("existed", item.existed());
      object.set("stamp", ProtoJson.of(stamp));
    }
    return object;
  }
}
