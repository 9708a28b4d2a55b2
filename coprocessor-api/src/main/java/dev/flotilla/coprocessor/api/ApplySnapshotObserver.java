package dev.flotilla.coprocessor.api;

/**
 * Hooks around the snapshots that a replica takes over. Whoever follows the writes of a region
 * learns here that some come to it as data, not one by one. Called on the node's thread for
 * snapshots, which serves one after the other. Since API version 1.2.0.
 *
 * <p>The region is that of the snapshot. {@link ObserverContext#term} is the term of the last entry
 * that the snapshot stands for.
 */
public interface ApplySnapshotObserver extends Coprocessor {

  /**
   * Called before the replica's data is replaced by that of the snapshot; again after a restart
   * that came before the end.
   *
   * @param index of the last entry that the snapshot stands for
   */
  default void preApplySnapshot(ObserverContext context, long index) {}

  /**
   * Called once the data is there, and before an entry after {@code index} is applied; again after
   * a restart that came before the end was noted.
   */
  default void postApplySnapshot(ObserverContext context, long index) {}

  /**
   * Called instead of {@link #postApplySnapshot} when nothing comes of the snapshot: the replica
   * goes, or has just gone, or the snapshot is damaged and another one will be asked for. The
   * replica has no data.
   */
  default void cancelApplySnapshot(ObserverContext context, long index) {}
}
