package dev.flotilla.raft;

import java.util.List;
import java.util.Locale;

/** What a data-driven command prints, log lines of the nodes included. */
final class OutputBuffer implements RaftLogger {
  private static final List<String> LEVELS =
      List.of("DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE");
  private static final int NONE_RANK = 5;

  private StringBuilder text = new StringBuilder();
  private int rank;

  int rank() {
    return rank;
  }

  void setRank(int newRank) {
    rank = newRank;
  }

  boolean isQuiet() {
    return rank == NONE_RANK;
  }

  void setLevel(String name) {
    int found = LEVELS.indexOf(name.toUpperCase(Locale.ROOT));
    if (found < 0) {
      throw new CommandError("log levels must be either of [" + String.join(" ", LEVELS) + "]");
    }
    rank = found;
  }

  void print(String more) {
    if (!isQuiet()) {
      text.append(more);
    }
  }

  void println(String line) {
    print(line + "\n");
  }

  /** Runs {@code body} and prints its lines with two spaces before each, even if it fails. */
  void indented(Runnable body) {
    StringBuilder outer = text;
    text = new StringBuilder();
    StringBuilder inner = text;
    try {
      body.run();
    } finally {
      text = outer;
      inner.toString().lines().forEach(line -> println("  " + line));
    }
  }

  /** Returns what was printed, and forgets it. */
  String take() {
    String taken = text.toString();
    text = new StringBuilder();
    return taken;
  }

  @Override
  public boolean isEnabled(Level level) {
    return LEVELS.indexOf(level.name()) >= rank;
  }

  @Override
  public void log(Level level, String line) {
    if (isEnabled(level)) {
      println(level + " " + line);
    }
  }
}
