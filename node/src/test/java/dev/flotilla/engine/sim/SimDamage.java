package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A block that cannot be read; it stays so over crashes, and shows in snapshots of any age. */
final class SimDamage {
  private byte @Nullable [] key;

  /** {@code damaged} lies in a block that cannot be read; null when all can. */
  void set(byte @Nullable [] damaged) {
    key = damaged;
  }

  boolean hits(Cf cf, byte[] read) {
    byte[] damaged = key;
    return damaged != null && cf == Cf.DEFAULT && Arrays.equals(damaged, read);
  }
}
