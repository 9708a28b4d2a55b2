package dev.flotilla.raft;

/**
 * What a snapshot stands for.
 *
 * @param index last log index whose effects the snapshot contains
 * @param term term of the entry at {@code index}
 * @param confState membership as of {@code index}
 */
public record SnapshotMeta(long index, long term, ConfState confState) {}
