package dev.flotilla.raft;

/**
 * What a replica finds when it starts.
 *
 * @param hardState as stored last; {@link HardState#EMPTY} for a new replica
 * @param confState membership as of the applied index
 */
public record InitialState(HardState hardState, ConfState confState) {}
