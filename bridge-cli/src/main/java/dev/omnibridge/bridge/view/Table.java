// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rows in aligned columns, two spaces apart; numbers to the right. */
public final class Table {
  private final Palette palette;
  private final List<String> heads;
  private final List<List<Cell>> rows = new ArrayList<>();

  /** A text, kept on its line, and how it is painted; the paint takes no width. */
  public record Cell(String text, UnaryOperator<String> paint) {
    public Cell {
      text = OneLine.of(text);
    }

    public static Cell of(Object value) {
      return new Cell(String.valueOf(value), UnaryOperator.identity());
    }
  }

  /** A table with these column heads; a head that starts with ">" is of a column of numbers. */
  public Table(Palette palette, String... heads) {
    this.palette = palette;
    this.heads = List.of(heads);
  }

  /** Adds a row: cells, or values that are shown as they are. */
  public Table row(Object... values) {
    if (values.length != heads.size()) {
      throw new IllegalArgumentException(
          "A row has %d cells, not %d".formatted(heads.size(), values.length));
    }
    rows.add(Arrays.stream(values).map(v -> v instanceof Cell cell ? cell : Cell.of(v)).toList());
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lines, the heads first. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(line(heads.stream().map(head -> new Cell(title(head), palette::bold)).toList()));
    rows.forEach(row -> lines.add(line(row)));
    return lines;
  }

  private String line(List<Cell> cells) {
    var line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      Cell cell = cells.get(column);
      String gap = " ".repeat(width(column) - length(cell.text()));
      boolean last = column == cells.size() - 1;
      line.append(column == 0 ? "" : "  ");
      if (isNumber(column)) {
        line.append(gap).append(cell.paint().apply(cell.text()));
      } else {
        line.append(cell.paint().apply(cell.text())).append(last ? "" : gap);
      }
    }
    return line.toString();
  }

  private int width(int column) {
    return rows.stream()
        .mapToInt(row -> length(row.get(column).text()))
        .reduce(length(title(heads.get(column))), Math::max);
  }

  private boolean isNumber(int column) {
    return heads.get(column).startsWith(">");
  }

  private static String title(String head) {
    return head.startsWith(">") ? head.substring(1) : head;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
