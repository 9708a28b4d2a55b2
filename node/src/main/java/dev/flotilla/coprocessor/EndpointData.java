package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** What an endpoint may read: a region's data as of one moment. One thread at a time. */
public interface EndpointData {
  /**
   * The value of {@code key}, or null.
   *
   * @throws IllegalArgumentException when it is of another region
   * @throws TimeUp when the query has taken too long
   */
  @Nullable ByteString get(ByteString key);

  /**
   * Gives the pairs from {@code start} on and before {@code end}, if that is not empty, to {@code
   * visitor}, in order, as far as they are in the region.
   *
   * @throws TimeUp when the query has taken too long
   */
  void scan(ByteString start, ByteString end, Visitor visitor);

  /** Ends a query that takes too long; not a failure of the plugin, so without a stack trace. */
  final class TimeUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param words told to the client
     */
    public TimeUp(String words) {
      super(words, null, false, false);
    }

    String words() {
      return String.valueOf(getMessage());
    }
  }

  /** Takes the pairs of a scan. */
  interface Visitor {
    /** Returns whether to go on. */
    boolean visit(ByteString key, ByteString value);
  }
}
