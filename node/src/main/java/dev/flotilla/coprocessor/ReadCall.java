package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import java.util.List;

/** What a client wants to read from one region, as observers see and edit it. Immutable. */
public sealed interface ReadCall {
  /** Column family. */
  String cf();

  /** Reads single keys; at least one. */
  record Get(String cf, List<ByteString> keys) implements ReadCall {
    public Get {
      keys = List.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("a read without keys");
      }
    }

    /** Reads one key. */
    public static Get of(String cf, ByteString key) {
      return new Get(cf, List.of(key));
    }
  }

  /**
   * Reads a part of the keys [start, end).
   *
   * @param end empty when there is no upper bound
   * @param limit how many pairs at most
   * @param reverse from the end to the start
   */
  record Scan(
      String cf, ByteString start, ByteString end, int limit, boolean keyOnly, boolean reverse)
      implements ReadCall {
    /** The same with another limit. */
    public Scan withLimit(int other) {
      return new Scan(cf, start, end, other, keyOnly, reverse);
    }
  }
}
