package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Regions;

/** A plugin edited a command into one that must not be proposed or read. */
final class InvalidEdit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidEdit(String problem) {
    super(problem, null, false, false);
  }

  /** Checks an edited key. */
  static void checkKey(Region region, ByteString key) {
    if (key.isEmpty()) {
      throw new InvalidEdit("empty key");
    }
    checkLength(key);
    if (!Regions.contains(region, key)) {
      throw new InvalidEdit("key outside of region " + region.getId());
    }
  }

  /**
   * Checks the bounds of a range that were edited; an empty end means no upper bound.
   *
   * @param start as it is now, of {@code startBefore}
   * @param end as it is now, of {@code endBefore}
   */
  static void checkRange(
      Region region,
      ByteString startBefore,
      ByteString start,
      ByteString endBefore,
      ByteString end) {
    checkLength(start);
    checkLength(end);
    if (!end.isEmpty() && Regions.compare(start, end) > 0) {
      throw new InvalidEdit("range ends before it starts");
    }
    // Clients ask past the region, which ends what they ask for; that is not the observer's doing.
    if (!(start.equals(startBefore) || Regions.contains(region, start))
        || !(end.equals(endBefore) || Regions.containsEnd(region, end))) {
      throw new InvalidEdit("range outside of region " + region.getId());
    }
  }

  private static void checkLength(ByteString key) {
    if (key.size() > Keys.USER_KEY_BYTES_MAX) {
      throw new InvalidEdit("key of " + key.size() + " bytes, at most " + Keys.USER_KEY_BYTES_MAX);
    }
  }
}
