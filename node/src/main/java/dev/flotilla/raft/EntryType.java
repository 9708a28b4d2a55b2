package dev.flotilla.raft;

/** What the data of an {@link Entry} means. Numbers are those of eraftpb. */
public enum EntryType {
  /** A command of the state machine, or the empty entry of a new leader. */
  NORMAL(0),
  /** A {@link ConfChange.V1}. */
  CONF_CHANGE(1),
  /** A {@link ConfChange.V2}. */
  CONF_CHANGE_V2(2);

  private static final EntryType[] BY_NUMBER = values();

  private final int number;

  EntryType(int number) {
    this.number = number;
  }

  /** Returns the number on the wire. */
  public int number() {
    return number;
  }

  /** Returns whether the entry changes the membership. */
  public boolean isConfChange() {
    return this != NORMAL;
  }

  /**
   * Returns the type with a number of the wire.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static EntryType ofNumber(int number) {
    if (number < 0 || number >= BY_NUMBER.length) {
      throw new IllegalArgumentException("no entry type " + number);
    }
    return BY_NUMBER[number];
  }
}
