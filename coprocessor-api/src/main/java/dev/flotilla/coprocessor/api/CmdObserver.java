package dev.flotilla.coprocessor.api;

/**
 * Sees what was written, in batches, on a thread that is the plugin's alone, and so may block: for
 * whoever carries writes elsewhere. Called on every replica, after the write and most often after
 * the client's answer. Since API version 1.2.0.
 *
 * <p>Whoever must not lose a write keeps, for each region, the {@link CmdBatch#last} up to which
 * all is carried on. Then a batch whose {@code last} is not beyond that was seen before, as after a
 * restart; and one whose {@link CmdBatch#after} is beyond it tells that writes are missing: the
 * plugin was not in use when they came, they came as a snapshot, the node ended before it had shown
 * them, the plugin failed at them, or had too many waiting. What they left behind is in {@link
 * CmdBatch#data}.
 */
public interface CmdObserver extends Coprocessor {

  /**
   * Called with batches of one region in the order of its log, one call at a time for all regions.
   * One without writes tells where a region begins to be shown: when its replica begins here, when
   * the node starts, after a snapshot, when the plugin comes into use, and after writes that were
   * left out when no others follow. One is shown, too, when the region's range has changed.
   *
   * <p>64 MiB may wait for it, of which a small write takes about 600 bytes; what comes beyond that
   * is left out, so that no write of a client waits for a plugin. When the plugin is stopped, this
   * thread is interrupted and what waits is left out.
   *
   * @throws Exception to fail; it is counted and logged, and the batch does not come again
   */
  default void onFlushAppliedCmdBatch(CmdBatch batch) throws Exception {}
}
