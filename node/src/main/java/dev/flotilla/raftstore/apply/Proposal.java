package dev.flotilla.raftstore.apply;

import dev.flotilla.raftstore.Callback;

/**
 * A command that this store's leader put into the log, and who waits for it.
 *
 * @param index log index it was given
 * @param term raft term it was given
 * @param callback answered exactly once, by the apply worker once this reaches it
 */
public record Proposal(long index, long term, Callback callback) {}
