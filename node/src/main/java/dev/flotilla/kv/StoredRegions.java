package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.RegionSource;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.wire.RegionStates;
import org.jspecify.annotations.Nullable;

/**
 * Opens the data of regions as this store has it, with the position that is written beside it.
 * Thread-safe; what it opens must be closed before the engine.
 */
public final class StoredRegions implements RegionSource {
  /** What is open keeps deleted files and values on the disk. */
  private static final long SECONDS_MAX = 600;

  private final Engine kv;
  private final Clock clock;

  /**
   * @param kv not closed here
   */
  public StoredRegions(Engine kv, Clock clock) {
    this.kv = kv;
    this.clock = clock;
  }

  @Override
  public @Nullable Opened open(Region region) {
    EngineSnapshot engine = kv.snapshot();
    Data data = null;
    try {
      if (isHere(engine, region)) {
        data = data(engine, region);
      }
      return data;
    } finally {
      if (data == null) {
        engine.close();
      }
    }
  }

  /** Whether the store has the region with this range, and its data is in place. */
  private static boolean isHere(EngineSnapshot engine, Region region) {
    RegionLocalState state = RegionStates.regionState(engine, region.getId());
    return state != null
        && state.getState() == PeerState.Normal
        && state.getRegion().getRegionEpoch().getVersion() == region.getRegionEpoch().getVersion();
  }

  private @Nullable Data data(EngineSnapshot engine, Region region) {
    RaftApplyState applied = RegionStates.applyState(engine, region.getId());
    if (applied == null) {
      return null;
    }
    ReadGrant grant =
        new ReadGrant(
            new SharedSnapshot(engine),
            region,
            applied.getCommitTerm(),
            applied.getLastProposedAt());
    return new Data(grant, applied.getAppliedIndex());
  }

  private final class Data implements Opened {
    private final ReadGrant grant;
    private final long index;
    private final EndpointReads reads;

    Data(ReadGrant grant, long index) {
      this.grant = grant;
      this.index = index;
      this.reads =
          new EndpointReads(
              new RegionSnapshot(grant, clock.unixMillis()), null, clock, SECONDS_MAX);
    }

    @Override
    public long index() {
      return index;
    }

    @Override
    public @Nullable ByteString get(ByteString key) {
      return reads.get(key);
    }

    @Override
    public void scan(ByteString start, ByteString end, Visitor visitor) {
      ByteString first = grant.region().getStartKey();
      reads.scan(Regions.compare(start, first) < 0 ? first : start, end, visitor);
    }

    @Override
    public void close() {
      grant.close();
    }
  }
}
