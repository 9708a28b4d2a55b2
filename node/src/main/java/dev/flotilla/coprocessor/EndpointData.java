package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** What an endpoint may read: a region's data as of one moment. One thread at a time. */
public interface EndpointData {
  /**
   * The value of {@code key}, or null.
   *
   * @throws dev.flotilla.raftstore.Refusal when it is of another region, or time is up
   */
  @Nullable ByteString get(ByteString key);

  /**
   * Gives the pairs from {@code start} on and before {@code end}, if that is not empty, to {@code
   * visitor}, in order, as far as they are in the region.
   *
   * @throws dev.flotilla.raftstore.Refusal when time is up
   */
  void scan(ByteString start, ByteString end, Visitor visitor);

  /** Takes the pairs of a scan. */
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(ByteString key, ByteString value);
  }
}
