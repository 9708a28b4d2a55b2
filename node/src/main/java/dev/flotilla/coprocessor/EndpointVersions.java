package dev.flotilla.coprocessor;

import com.github.zafarkhaja.semver.Version;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.raftstore.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ranges of versions as TiKV's clients write them, by Cargo's rules: parts that must all hold are
 * separated by commas, and a version without an operator means "compatible with it". Of a version
 * that is written in part only those numbers count: {@code >1.2} begins with 1.3.0. A pre-release
 * is only taken by a range that names one of the same three numbers, or by {@code *}.
 */
final class EndpointVersions {
  /** Longer than anybody writes one; it comes back to the client in a refusal. */
  private static final int LENGTH_MAX = 256;

  private static final String WILD = "[*xX]";
  private static final String PRE = "(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?";

  /** Operator, major, minor, patch, pre-release, and a wildcard in place of patch or minor. */
  private static final Pattern PART =
      Pattern.compile(
          "(=|>=|>|<=|<|~|\\^|)\\s*(\\d+)(?:\\.(?:(\\d+)(?:\\.(?:(\\d+)%s|(%s)))?|(%s)(?:\\.%s)?))?"
              .formatted(PRE, WILD, WILD, WILD));

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
    boolean fits;
    try {
      Version own = Version.parse(version);
      List<Part> parts = Arrays.stream(wanted.split(",", -1)).map(Part::parse).toList();
      fits =
          parts.stream().allMatch(part -> part.admits(own))
              && (!own.isPreRelease() || parts.stream().anyMatch(part -> part.isPreReleaseOf(own)));
    } catch (RuntimeException unreadable) {
      throw refused(plugin, "cannot tell whether version " + version + " is of " + wanted);
    }
    if (!fits) {
      throw refused(plugin, "is of version " + version + ", not of " + wanted);
    }
  }

  /**
   * What must hold of a version.
   *
   * @param numbers major, minor and patch, as far as they are written
   * @param whole the version when all of it is written; else the missing numbers are 0
   */
  private record Part(String operator, List<Long> numbers, Version whole) {

    static Part parse(String text) {
      Matcher match = PART.matcher(text.strip());
      if (!match.matches()) {
        throw new IllegalArgumentException(text);
      }
      List<Long> numbers =
          List.of(2, 3, 4).stream()
              .filter(group -> match.group(group) != null)
              .map(group -> Long.parseLong(match.group(group)))
              .toList();
      boolean wild = match.group(6) != null || match.group(7) != null;
      String plain = wild ? "=" : "^";
      return new Part(
          match.group(1).isEmpty() ? plain : match.group(1),
          numbers,
          Version.of(
              numberAt(numbers, 0), numberAt(numbers, 1), numberAt(numbers, 2), match.group(5)));
    }

    private static long numberAt(List<Long> numbers, int index) {
      return index < numbers.size() ? numbers.get(index) : 0;
    }

    private boolean isPartial() {
      return numbers.size() < 3;
    }

    boolean admits(Version version) {
      int order = order(version);
      boolean same = order == 0 && (!isPartial() || !version.isPreRelease());
      return switch (operator) {
        case ">" -> order > 0;
        case ">=" -> order > 0 || same;
        case "<" -> order < 0;
        case "<=" -> order < 0 || same;
        case "~" -> (order > 0 || same) && agrees(version, 2);
        case "^" -> order >= 0 && agrees(version, significant());
        default -> same;
      };
    }

    /** How {@code version} stands to what is written. */
    private int order(Version version) {
      List<Long> theirs = numbersOf(version);
      for (int i = 0; i < numbers.size(); i++) {
        int order = Long.compare(theirs.get(i), numbers.get(i));
        if (order != 0) {
          return order;
        }
      }
      return isPartial() ? 0 : version.compareToIgnoreBuildMetadata(whole);
    }

    /** Whether the first {@code count} numbers, as far as they are written, are the same. */
    private boolean agrees(Version version, int count) {
      int compared = Math.min(count, numbers.size());
      return numbersOf(version).subList(0, compared).equals(numbers.subList(0, compared));
    }

    /** How many numbers compatible versions have in common: up to the first that is not 0. */
    private int significant() {
      int zeros = 0;
      while (zeros < numbers.size() && numbers.get(zeros) == 0) {
        zeros++;
      }
      return zeros + 1;
    }

    boolean isPreReleaseOf(Version version) {
      return !isPartial() && whole.isPreRelease() && numbersOf(version).equals(numbers);
    }

    private static List<Long> numbersOf(Version version) {
      return List.of(version.majorVersion(), version.minorVersion(), version.patchVersion());
    }
  }

  private static Refusal.Rejected refused(String plugin, String reason) {
    return new Refusal.Rejected(plugin, Code.INVALID, reason, 0);
  }
}
