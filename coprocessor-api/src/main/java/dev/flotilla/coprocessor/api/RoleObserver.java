package dev.flotilla.coprocessor.api;

/**
 * Hooks around leadership. Called on the store's thread. One that comes into use while the node
 * runs is told of the regions that are led here at that time, of one that has just changed twice.
 */
public interface RoleObserver extends Coprocessor {

  /** Called when this store's replica becomes leader or stops being it. */
  default void onRoleChange(ObserverContext context, RoleChange change) {}

  /** Called once a new leader has applied an entry of its own term: its data is now up to date. */
  default void onAppliedCurrentTerm(ObserverContext context) {}
}
