package dev.flotilla.coprocessor.api;

/**
 * A replica of a region began, changed or has gone on this store. Since API version 1.2.0.
 *
 * @param role what the replica is at this moment; {@link RoleObserver} is told of each change
 */
public record RegionChange(Kind kind, Role role) {

  /** What happened. */
  public enum Kind {
    /**
     * The replica is here: the node has started, its region was split from another, or its first
     * snapshot was accepted, the data of which is there only after {@link
     * ApplySnapshotObserver#postApplySnapshot}.
     */
    CREATED,
    /** The region has another range, or other members. */
    UPDATED,
    /** The replica has gone, with its data: it was taken out of the region. */
    DESTROYED
  }
}
