package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import org.jspecify.annotations.Nullable;

/** Opens the data of regions to plugins that are shown what was written. */
public interface RegionSource {
  /**
   * The data of {@code region} as of now; null when it has no replica with this range here now. Any
   * thread.
   */
  @Nullable Opened open(Region region);

  /** Data as of one moment, to be closed once. One thread at a time. */
  interface Opened extends EndpointData, AutoCloseable {
    /** Index of the last entry that has taken effect on it. */
    long index();

    @Override
    void close();
  }
}
