package dev.flotilla.node.ctl;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints rows for people, or as JSON for programs. All rows have the same columns. */
final class Table {
  private static final String GAP = "  ";

  /** Columns of bytes: numbers for programs. */
  private static final Set<String> SIZES = Set.of("capacity", "available", "used");

  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

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
      lines.add(columns.stream().map(column -> cell(column, row.getValue(column))).toList());
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns.size(); column++) {
        text.append(pad(line.get(column), width(lines, column))).append(GAP);
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String cell(String column, Object value) {
    return SIZES.contains(column) ? size(((Number) value).longValue()) : cell(value);
  }

  /** A size as people read it, and as PD's tools show it. */
  private static String size(long bytes) {
    int unit = 0;
    double count = bytes;
    while (count >= 1024 && unit < UNITS.size() - 1) {
      count /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + UNITS.get(0)
        : String.format(Locale.ROOT, "%.1f%s", count, UNITS.get(unit));
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
