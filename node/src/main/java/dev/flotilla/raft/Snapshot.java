package dev.flotilla.raft;

/**
 * State of the machine at a log index, in place of the entries up to it.
 *
 * @param meta position and membership
 * @param data opaque to raft; typically a description of where the real data is
 */
public record Snapshot(SnapshotMeta meta, Payload data) {
  /** The snapshot of a group that has no log yet. */
  public static final Snapshot EMPTY =
      new Snapshot(new SnapshotMeta(0, 0, ConfState.EMPTY), Payload.EMPTY);

  /** Returns the last log index contained. */
  public long index() {
    return meta.index();
  }

  /** Returns the term of the entry at {@link #index()}. */
  public long term() {
    return meta.term();
  }

  /** Returns whether this stands for an empty log. */
  public boolean isEmpty() {
    return meta.index() == 0;
  }
}
