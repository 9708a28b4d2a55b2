package dev.flotilla.coprocessor;

import com.github.zafarkhaja.semver.Version;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.raftstore.Refusal;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Ranges of versions as TiKV's clients write them, by Cargo's rules: parts that must all hold are
 * separated by commas, and a version without an operator means "compatible with it".
 */
final class EndpointVersions {
  /** The parser calls itself for each part: a client must not take it to the end of its stack. */
  private static final int LENGTH_MAX = 256;

  private EndpointVersions() {}

  /**
   * Checks that a plugin of {@code version} may answer.
   *
   * @param wanted empty for any version
   * @throws Refusal.Rejected when it may not, or one of the two cannot be read
   */
  static void check(String plugin, String version, String wanted) {
    if (wanted.length() > LENGTH_MAX) {
      throw refused(plugin, "a range of versions of more than " + LENGTH_MAX + " characters");
    }
    if (wanted.isBlank() || wanted.strip().equals("*")) {
      return;
    }
    String expression =
        Arrays.stream(wanted.split(",", -1))
            .map(String::strip)
            .map(part -> isPlain(part) ? "^" + part : part)
            .collect(Collectors.joining(" & "));
    boolean fits;
    try {
      fits = Version.parse(version).satisfies(expression);
    } catch (RuntimeException unreadable) {
      throw refused(plugin, "cannot tell whether version " + version + " is of " + wanted);
    }
    if (!fits) {
      throw refused(plugin, "is of version " + version + ", not of " + wanted);
    }
  }

  private static boolean isPlain(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static Refusal.Rejected refused(String plugin, String reason) {
    return new Refusal.Rejected(plugin, Code.INVALID, reason, 0);
  }
}
