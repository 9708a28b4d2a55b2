package dev.flotilla.coprocessor.api;

import java.util.List;

/**
 * Sees the keys of one region and says where it is to be cut. Used once, by one thread; may be
 * dropped at any point. One that fails is not asked further. Since API version 1.2.0.
 */
public interface SplitChecker {
  /** How many keys one checker may name. */
  int SPLIT_KEYS_MAX = 64;

  /**
   * Called for each key, in ascending order, also for one whose time to live is over as long as it
   * is stored.
   *
   * @param bytes of key and value as they are stored, which is a little more than clients wrote
   * @return whether to go on
   */
  boolean onKey(Bytes key, long bytes);

  /**
   * Called once at the end, unless an observer before this one has named keys.
   *
   * @return first keys of the new regions: ascending strictly, inside the region and past its
   *     start, {@link #SPLIT_KEYS_MAX} at most; empty when the region is to stay whole. If any is
   *     not so, that is a failure of the plugin, and all are dropped
   */
  List<Bytes> splitKeys();
}
