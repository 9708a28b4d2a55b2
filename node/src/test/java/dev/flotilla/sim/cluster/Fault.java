package dev.flotilla.sim.cluster;

/**
 * Something that goes wrong at a moment and for a while.
 *
 * @param kind what
 * @param atMillis when
 * @param forMillis how long, 0 where it takes no time
 * @param store the store it happens to, or the sender
 * @param other the receiver, a set of stores as bits, or a quantity
 */
public record Fault(Kind kind, long atMillis, long forMillis, int store, long other) {
  /** What can go wrong. */
  public enum Kind {
    /** No message from {@code store} to {@code other}. */
    CUT_ONE_WAY,
    /** No message between {@code store} and {@code other}. */
    CUT_BOTH_WAYS,
    /** No message between the stores in {@code other} and the rest. */
    PARTITION,
    /** No message from the stores in {@code other} to the rest, but from the rest to them. */
    PARTITION_ONE_WAY,
    /** Messages from {@code store} to {@code other} wait. */
    CLOG,
    /** {@code other} of 100 messages are lost everywhere. */
    LOSS,
    /** The process dies; what it wrote survives. */
    KILL,
    /** The machine loses power: each engine keeps what it synced and some of the rest. */
    POWER_LOSS,
    /** All machines lose power. */
    POWER_LOSS_ALL,
    /** The process loses power at the next visit of a {@link CrashPoint}. */
    CRASH_AT_POINT,
    /** The process stands still; its clock does not. */
    PAUSE,
    /** Writes to disk take {@code other} times as long. */
    SLOW_DISK,
    /** A write to disk fails; the process must die of it. */
    DISK_ERROR,
    /** All writes to disk fail. */
    DISK_FULL,
    /** Little space is left on a disk, or none for clients. */
    LITTLE_SPACE,
    /** A block of a store's data cannot be read. */
    UNREADABLE_BLOCK,
    /** The disk is lost; the machine comes back as a new store. */
    WIPE,
    /** The apply worker stands still. */
    STALL_APPLY,
    /** The wall clock jumps by {@code other} milliseconds. */
    WALL_JUMP,
    /** A leader is cut off while clients write and read. */
    ISOLATE_LEADER,
    /** A leader stands still while clients write and read. */
    PAUSE_LEADER,
    /** A leader's messages are answered late, and then it is cut off. */
    LATE_ANSWERS_TO_LEADER,
    /** A leader is cut off while it hands its office over. */
    CUT_DURING_TRANSFER,
    /** A region is split at a key that is being written, and then again. */
    SPLIT_IN_USE,
    /** Two replicas are added at once, and the old followers are cut off. */
    CHANGE_TWICE,
    /** Two replicas are added while the old followers do not apply, and then those are cut off. */
    CHANGE_UNAPPLIED,
    /** Leaders follow each other so that an old entry is on a quorum and yet must be replaced. */
    OLD_ENTRY_ON_QUORUM,
    /** A value that no client reads changes on a disk; once in a run, and only where planned. */
    ROT
  }

  @Override
  public String toString() {
    return "%s at %d ms for %d ms: store %d, %d".formatted(kind, atMillis, forMillis, store, other);
  }
}
