package dev.flotilla.sim.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A bug that someone might make.
 *
 * @param name as in the catalogue of bugs
 * @param what what is wrong
 * @param edits how it is made
 */
record PlantedBug(String name, String what, List<Edit> edits) {
  private static final Path MAIN = Path.of("src/main/java/dev/flotilla");
  private static final Path TEST = Path.of("src/test/java/dev/flotilla");

  /**
   * A replacement in a source file.
   *
   * @param file below {@code dev/flotilla}, of main or of test
   * @param from text that is there exactly once, but for white space
   * @param to what takes its place
   */
  record Edit(String file, String from, String to) {
    Path path() {
      return Files.exists(MAIN.resolve(file)) ? MAIN.resolve(file) : TEST.resolve(file);
    }

    /** Finds {@link #from} however it is broken into lines. */
    Pattern pattern() {
      return Pattern.compile(
          Arrays.stream(from.strip().split("\\s+"))
              .map(Pattern::quote)
              .collect(Collectors.joining("\\s*")));
    }

    String className() {
      return "dev.flotilla."
          + file.substring(0, file.length() - ".java".length()).replace('/', '.');
    }
  }

  static PlantedBug of(String name, String what, String... edits) {
    List<Edit> list = new ArrayList<>();
    for (int i = 0; i < edits.length; i += 3) {
      list.add(new Edit(edits[i], edits[i + 1], edits[i + 2]));
    }
    return new PlantedBug(name, what, list);
  }

  /**
   * The changed sources, by name of their class.
   *
   * @throws IllegalStateException when an edit does not fit: the code has changed, and the bug must
   *     be planted anew
   */
  Map<String, String> sources() {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String text = sources.computeIfAbsent(edit.className(), unread -> read(edit));
      Matcher place = edit.pattern().matcher(text);
      if (!place.find()) {
        throw new IllegalStateException(
            "%s: %s is not in %s".formatted(name, edit.from(), edit.file()));
      }
      String changed = text.substring(0, place.start()) + edit.to() + text.substring(place.end());
      if (place.find()) {
        throw new IllegalStateException(
            "%s: %s is twice in %s".formatted(name, edit.from(), edit.file()));
      }
      sources.put(edit.className(), changed);
    }
    return sources;
  }

  private static String read(Edit edit) {
    try {
      return Files.readString(edit.path());
    } catch (IOException e) {
      throw new IllegalStateException(edit.file() + " cannot be read", e);
    }
  }
}
