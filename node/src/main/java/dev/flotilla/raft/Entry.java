package dev.flotilla.raft;

/**
 * One entry of the raft log. Immutable; shared by reference between log, messages and {@link
 * Ready}.
 *
 * <p>A proposal on its way to the leader has term 0 and index 0; the leader makes the real entry.
 */
public final class Entry {
  private final long term;
  private final long index;
  private final EntryType type;
  private final Payload data;
  private final Payload context;
  private final int encodedSize;

  /**
   * Makes an entry.
   *
   * @param term term of the leader that made it; 0 in a proposal
   * @param index position in the log; 0 in a proposal
   * @param type how {@code data} is to be read
   * @param data the command
   * @param context bytes the proposer wants to find again when the entry is applied
   */
  public Entry(long term, long index, EntryType type, Payload data, Payload context) {
    this.term = term;
    this.index = index;
    this.type = type;
    this.data = data;
    this.context = context;
    this.encodedSize = sizeOf(term, index, type, data, context);
  }

  /** Returns a normal entry. */
  public static Entry normal(long term, long index, Payload data) {
    return new Entry(term, index, EntryType.NORMAL, data, Payload.EMPTY);
  }

  /** Returns the term of the leader that made the entry. */
  public long term() {
    return term;
  }

  /** Returns the position in the log; the first is 1. */
  public long index() {
    return index;
  }

  /** Returns how the data is to be read. */
  public EntryType type() {
    return type;
  }

  /** Returns the command. */
  public Payload data() {
    return data;
  }

  /** Returns the bytes of the proposer. */
  public Payload context() {
    return context;
  }

  /** Returns the bytes of the entry as an eraftpb message, without its own tag and length. */
  public int encodedSize() {
    return encodedSize;
  }

  /** Returns the bytes that count against the limit of uncommitted proposals. */
  public int payloadSize() {
    return data.length();
  }

  private static int sizeOf(long term, long index, EntryType type, Payload data, Payload context) {
    int size = type == EntryType.NORMAL ? 0 : 2;
    size += term == 0 ? 0 : 1 + varintSize(term);
    size += index == 0 ? 0 : 1 + varintSize(index);
    size += data.isEmpty() ? 0 : 1 + varintSize(data.length()) + data.length();
    size += context.isEmpty() ? 0 : 1 + varintSize(context.length()) + context.length();
    return size;
  }

  private static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry that
        && term == that.term
        && index == that.index
        && type == that.type
        && data.equals(that.data)
        && context.equals(that.context);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(index) * 31 + Long.hashCode(term);
  }

  @Override
  public String toString() {
    return term + "/" + index + " " + type + " " + data;
  }
}
