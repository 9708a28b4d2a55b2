package dev.flotilla.node.ctl;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Prints rows for people, or as JSON for programs. All rows have the same columns. */
final class Table {
  private static final String GAP = "  ";

  private final PrintWriter out;
  private final boolean json;

  Table(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  void print(List<JsonObject> rows) {
    if (json) {
      out.println(new JsonArray(rows).encodePrettily());
    } else if (!rows.isEmpty()) {
      printTable(rows);
    }
    out.flush();
  }

  private void printTable(List<JsonObject> rows) {
    List<String> columns = List.copyOf(rows.get(0).fieldNames());
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns);
    for (JsonObject row : rows) {
      lines.add(columns.stream().map(column -> cell(row.getValue(column))).toList());
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns.size(); column++) {
        text.append(pad(line.get(column), width(lines, column))).append(GAP);
      }
      out.println(text.toString().stripTrailing());
    }
  }

  /** Replicas as {@code id@store}, other things as they are. */
  private static String cell(Object value) {
    if (value instanceof JsonArray array) {
      return array.stream().map(Table::cell).collect(Collectors.joining(" "));
    } else if (value instanceof JsonObject object) {
      return object.containsKey("storeId")
          ? object.getValue("id") + "@" + object.getValue("storeId")
          : object.stream()
              .map(field -> String.valueOf(field.getValue()))
              .collect(Collectors.joining("."));
    }
    return String.valueOf(value);
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
