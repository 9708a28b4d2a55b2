package dev.flotilla.raft;

/**
 * What the application may want to know and nobody has to store.
 *
 * @param leader peer id of the leader; 0 when unknown
 * @param role role of this replica
 */
public record SoftState(long leader, Role role) {}
