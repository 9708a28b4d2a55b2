package dev.flotilla.plugins.auditlog;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Number and hash of the last line of a log; immutable. Each line begins with its number, ends with
 * the hash of the line before and its own, which covers all that precedes it.
 *
 * @param sequence number of the line; 0 before the first
 */
record HashChain(long sequence, String hash) {
  /** Before the first line. */
  static final HashChain START = new HashChain(0, "0".repeat(64));

  private static final Pattern LINE =
      Pattern.compile(
          "(\\{\"seq\":(\\d+),.*,\"prev\":\"([0-9a-f]{64})\"),\"hash\":\"([0-9a-f]{64})\"\\}",
          // A text may have separators of lines in it that are not those of files.
          Pattern.DOTALL);

  /** A line and the chain's state after it. */
  record Linked(String line, HashChain chain) {}

  /** The next line, with {@code members} as its content. */
  Linked append(String members) {
    String covered = "{\"seq\":" + (sequence + 1) + "," + members + ",\"prev\":\"" + hash + "\"";
    String next = sha256(covered);
    return new Linked(covered + ",\"hash\":\"" + next + "\"}", new HashChain(sequence + 1, next));
  }

  /** The state after {@code line}, by itself; null when it was changed or is no line of a log. */
  static @Nullable HashChain after(String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches() || !sha256(parts.group(1)).equals(parts.group(4))) {
      return null;
    }
    return new HashChain(Long.parseLong(parts.group(2)), parts.group(4));
  }

  /** Whether {@code line} follows this state. */
  boolean precedes(String line) {
    Matcher parts = LINE.matcher(line);
    return parts.matches()
        && Long.parseLong(parts.group(2)) == sequence + 1
        && parts.group(3).equals(hash);
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
