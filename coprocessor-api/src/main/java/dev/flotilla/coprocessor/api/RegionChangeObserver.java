package dev.flotilla.coprocessor.api;

/**
 * Hooks around the regions that have a replica on this store. Called on the store's thread. Since
 * API version 1.2.0.
 *
 * <p>Of each replica an observer hears first that it is created and last that it is destroyed. One
 * that comes into use while the node runs is told of the replicas that are here at that time, and
 * may have heard before of one that changes just then. A replica of which this store knows neither
 * range nor data yet is not told of. When the node stops, the replicas stay, and nothing is told.
 */
public interface RegionChangeObserver extends Coprocessor {

  /**
   * Called when a replica begins or has gone, and when the range or the members of its region
   * change.
   *
   * @param context its region as it is from now on; of one that has gone as it was
   */
  default void onRegionChanged(ObserverContext context, RegionChange change) {}
}
