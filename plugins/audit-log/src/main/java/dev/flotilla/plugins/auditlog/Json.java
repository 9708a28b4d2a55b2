package dev.flotilla.plugins.auditlog;

import java.util.List;
import java.util.Map;

/** Writes texts, numbers, truths, lists and maps as JSON on one line. */
final class Json {
  private final StringBuilder out = new StringBuilder();

  private Json() {}

  /** The members of {@code fields} in their order, without the braces around them. */
  static String members(Map<String, Object> fields) {
    Json json = new Json();
    json.writeMembers(fields);
    return json.out.toString();
  }

  private void writeMembers(Map<?, ?> fields) {
    String comma = "";
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      out.append(comma);
      text(String.valueOf(field.getKey()));
      out.append(':');
      value(field.getValue());
      comma = ",";
    }
  }

  private void value(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Map<?, ?> map) {
      out.append('{');
      writeMembers(map);
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      String comma = "";
      for (Object element : list) {
        out.append(comma);
        value(element);
        comma = ",";
      }
      out.append(']');
    } else {
      text(String.valueOf(value));
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
