package dev.flotilla.raftstore;

import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.proto.metapb.Region;

/**
 * Leave to read a region's data as of now.
 *
 * @param snapshot a share of an engine snapshot that is at least as new as the request
 * @param region the region as it was then; keys outside of it are not to be read
 * @param term raft term under which leave was given
 * @param lastStampMillis {@code proposed_at} of the last applied write, unix milliseconds; expiry
 *     is judged by the greater of this and the wall clock, so that a lagging clock revives nothing
 */
public record ReadGrant(SharedSnapshot snapshot, Region region, long term, long lastStampMillis)
    implements AutoCloseable {

  /** The engine's data; valid until {@link #close}. */
  public EngineSnapshot engine() {
    return snapshot.engine();
  }

  /** Gives this share back. */
  @Override
  public void close() {
    snapshot.release();
  }
}
