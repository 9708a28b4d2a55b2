package dev.flotilla.coprocessor.api;

/** What this store's replica of a region is. */
public enum Role {
  LEADER,
  FOLLOWER
}
