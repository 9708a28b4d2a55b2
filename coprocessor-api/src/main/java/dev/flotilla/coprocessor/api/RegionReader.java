package dev.flotilla.coprocessor.api;

import org.jspecify.annotations.Nullable;

/**
 * A region's data as of one moment, as clients see it: without values whose time is over, and as
 * {@link ReadObserver}s let it be seen. Valid only during the call that brought it.
 *
 * <p>What a read throws is for the node, and is to be passed on: the key may not be of this region,
 * or the call may have taken too long.
 */
public interface RegionReader {
  /** The value of {@code key}; null when there is none. */
  @Nullable Bytes get(Bytes key);

  /** Gives the pairs of {@code range} that are in this region to {@code visitor}, in order. */
  void scan(KeyRange range, Visitor visitor);

  /** Takes the pairs of a scan. */
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(Bytes key, Bytes value);
  }
}
