package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parser of data-driven test files: directives, each with arguments, input and expected output. */
final class DataDriven {
  /** One argument; a bare key has no values, but so has {@code key=()}. */
  record Arg(String key, boolean bare, List<String> values) {
    String value() {
      if (values.size() != 1) {
        throw new IllegalArgumentException("argument " + key + " needs one value: " + values);
      }
      return values.get(0);
    }
  }

  /**
   * One directive.
   *
   * @param source lines of the file up to and with the separator, for rewriting
   * @param line number of the directive's line, from 1
   */
  record Directive(
      String command,
      List<Arg> args,
      String input,
      String expected,
      List<String> source,
      int line) {
    @Nullable Arg arg(String key) {
      for (Arg arg : args) {
        if (arg.key().equals(key)) {
          return arg;
        }
      }
      return null;
    }
  }

  private static final String SEPARATOR = "----";

  private final List<String> lines;
  private int at;

  private DataDriven(String text) {
    lines = text.lines().toList();
  }

  static List<Directive> parse(String text) {
    DataDriven parser = new DataDriven(text);
    List<Directive> directives = new ArrayList<>();
    for (Directive next = parser.next(); next != null; next = parser.next()) {
      directives.add(next);
    }
    return directives;
  }

  private @Nullable Directive next() {
    List<String> source = new ArrayList<>();
    while (at < lines.size()) {
      String line = lines.get(at).trim();
      if (!line.isEmpty() && !line.startsWith("#")) {
        break;
      }
      source.add(lines.get(at++));
    }
    if (at == lines.size()) {
      return null;
    }
    final int number = at + 1;
    StringBuilder command = new StringBuilder();
    String line = take(source).trim();
    while (line.endsWith("\\")) {
      command.append(line, 0, line.length() - 1).append(' ');
      line = take(source).trim();
    }
    command.append(line);
    StringBuilder input = new StringBuilder();
    while (at < lines.size() && !lines.get(at).equals(SEPARATOR)) {
      input.append(take(source)).append('\n');
    }
    if (at == lines.size()) {
      throw new IllegalArgumentException("line " + number + ": directive without " + SEPARATOR);
    }
    take(source);
    String expected = expected();
    String joined = command.toString();
    int space = joined.indexOf(' ');
    return new Directive(
        space < 0 ? joined : joined.substring(0, space),
        space < 0 ? List.of() : args(joined.substring(space)),
        input.toString().trim(),
        expected,
        source,
        number);
  }

  private String take(List<String> source) {
    source.add(lines.get(at));
    return lines.get(at++);
  }

  private String expected() {
    StringBuilder expected = new StringBuilder();
    if (at < lines.size() && lines.get(at).equals(SEPARATOR)) {
      // The block may hold blank lines: it ends at two separators.
      at++;
      while (at + 1 < lines.size()) {
        if (lines.get(at).equals(SEPARATOR) && lines.get(at + 1).equals(SEPARATOR)) {
          at += 2;
          return expected.toString();
        }
        expected.append(lines.get(at++)).append('\n');
      }
      throw new IllegalArgumentException("a block of output is not closed");
    }
    while (at < lines.size() && !lines.get(at).isBlank()) {
      expected.append(lines.get(at++)).append('\n');
    }
    return expected.toString();
  }

  /** Splits what follows the command into arguments. */
  private static List<Arg> args(String line) {
    List<Arg> args = new ArrayList<>();
    int pos = 0;
    while (pos < line.length()) {
      if (line.charAt(pos) == ' ') {
        pos++;
        continue;
      }
      int start = pos;
      while (pos < line.length() && line.charAt(pos) != ' ' && line.charAt(pos) != '=') {
        pos++;
      }
      String key = line.substring(start, pos);
      if (pos == line.length() || line.charAt(pos) == ' ') {
        args.add(new Arg(key, true, List.of()));
        continue;
      }
      pos++;
      start = pos;
      int depth = 0;
      boolean group = pos < line.length() && line.charAt(pos) == '(';
      while (pos < line.length() && (depth > 0 || line.charAt(pos) != ' ')) {
        // Parentheses inside of a plain value mean nothing.
        depth += group && line.charAt(pos) == '(' ? 1 : 0;
        depth -= group && line.charAt(pos) == ')' ? 1 : 0;
        pos++;
      }
      String value = line.substring(start, pos);
      if (group && !value.endsWith(")")) {
        throw new IllegalArgumentException("unbalanced parentheses in " + line);
      }
      args.add(
          new Arg(
              key, false, group ? split(value.substring(1, value.length() - 1)) : List.of(value)));
    }
    return args;
  }

  /** Splits at commas outside of parentheses; spaces after a comma do not belong to the value. */
  private static List<String> split(String list) {
    List<String> values = new ArrayList<>();
    if (list.isEmpty()) {
      return values;
    }
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= list.length(); i++) {
      char c = i == list.length() ? ',' : list.charAt(i);
      depth += c == '(' ? 1 : 0;
      depth -= c == ')' ? 1 : 0;
      if (c == ',' && (depth == 0 || i == list.length())) {
        values.add(list.substring(start, i).replaceFirst("^ +", ""));
        start = i + 1;
      }
    }
    return values;
  }
}
