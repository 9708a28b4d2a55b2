package dev.flotilla.config;

/** What may be the name of a node: it is compared with certificates, and written to files. */
public final class NodeName {
  private static final int CHARS_MAX = 255;

  private NodeName() {}

  /** Whether {@code name} is of 1 to 255 characters, none of which breaks a line. */
  public static boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= CHARS_MAX
        && name.equals(name.strip())
        && name.chars().noneMatch(NodeName::breaks);
  }

  private static boolean breaks(int character) {
    return Character.isISOControl(character)
        || Character.getType(character) == Character.LINE_SEPARATOR
        || Character.getType(character) == Character.PARAGRAPH_SEPARATOR;
  }
}
