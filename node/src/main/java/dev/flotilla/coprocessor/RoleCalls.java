package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;

/** The calls about leadership. */
final class RoleCalls {
  private RoleCalls() {}

  static void changed(Chain chain, Region region, long term, boolean leader) {}

  static void caughtUp(Chain chain, Region region, long term) {}
}
