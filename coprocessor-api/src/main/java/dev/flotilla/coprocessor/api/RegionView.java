package dev.flotilla.coprocessor.api;

import java.util.List;

/** A region as the calling side knows it. Valid only during the call that brought it. */
public interface RegionView {
  long id();

  /** First key; empty when there is no lower bound. */
  Bytes startKey();

  /** The key after the last; empty when there is no upper bound. */
  Bytes endKey();

  /** Grows when the range changes. */
  long version();

  /** Grows when the members change. */
  long confVersion();

  List<PeerView> peers();

  /** Whether {@code key} lies in [start, end). */
  default boolean contains(Bytes key) {
    return key.compareTo(startKey()) >= 0 && (endKey().isEmpty() || key.compareTo(endKey()) < 0);
  }
}
