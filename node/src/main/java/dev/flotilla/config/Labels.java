package dev.flotilla.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a store is, such as {@code zone=north,host=n7}: replicas are kept on stores that share as
 * few of them as possible. Immutable.
 *
 * @param values by name, in order of names
 */
public record Labels(Map<String, String> values) {
  /** As PD's: a label is also part of addresses of its HTTP interface. */
  private static final Pattern WORD =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_./-]{0,62}[A-Za-z0-9])?");

  public static final Labels NONE = new Labels(Map.of());

  public Labels {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /**
   * Reads {@code name=value,...}; the empty text is none.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Labels parse(String text) {
    Map<String, String> values = new TreeMap<>();
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      String[] parts = pair.strip().split("=", -1);
      if (parts.length != 2
          || !WORD.matcher(parts[0]).matches()
          || !WORD.matcher(parts[1]).matches()) {
        throw new IllegalArgumentException(
            "'"
                + pair.strip()
                + "' is not NAME=VALUE, each of 1 to 64 letters, digits and -_./ between them");
      }
      if (values.put(parts[0], parts[1]) != null) {
        throw new IllegalArgumentException("label " + parts[0] + " is there twice");
      }
    }
    return new Labels(values);
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }
}
