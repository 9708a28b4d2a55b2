package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** The calls around reads. */
final class ReadCalls {
  private ReadCalls() {}

  static ReadCall before(Chain chain, Region region, long term, ReadCall call) {
    return call;
  }

  static List<ReadPair> after(
      Chain chain, Region region, long term, ReadCall call, List<ReadPair> found) {
    return found;
  }
}
