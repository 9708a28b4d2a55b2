package dev.flotilla.raft;

/**
 * Answer to {@link RawNode#readIndex}: the read may be served once {@code index} is applied.
 *
 * @param index commit index of a leader that was still the leader after the read had arrived
 * @param context what the reader passed in
 */
public record ReadState(long index, Payload context) {}
