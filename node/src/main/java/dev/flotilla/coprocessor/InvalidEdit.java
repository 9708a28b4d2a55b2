package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Regions;

/** A plugin edited a command into one that must not be proposed or read. */
final class InvalidEdit extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Keys are limited as in TiKV's clients. */
  private static final int KEY_BYTES_MAX = 64 * 1024;

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

  /** Checks an edited range; an empty end means no upper bound. */
  static void checkRange(Region region, ByteString start, ByteString end) {
    checkLength(start);
    checkLength(end);
    if (!end.isEmpty() && Regions.compare(start, end) > 0) {
      throw new InvalidEdit("range ends before it starts");
    }
    if (!Regions.contains(region, start) || !Regions.containsEnd(region, end)) {
      throw new InvalidEdit("range outside of region " + region.getId());
    }
  }

  private static void checkLength(ByteString key) {
    if (key.size() > KEY_BYTES_MAX) {
      throw new InvalidEdit("key of " + key.size() + " bytes, at most " + KEY_BYTES_MAX);
    }
  }
}
