package dev.flotilla.raftstore.store;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Makes a cluster of one store out of an empty data folder, and recognises the folder later.
 *
 * <p>Order of writes: identity, states and a mark in one synced kv batch; the logs in one synced
 * raft batch; then the mark goes. A start that finds the mark writes the logs again: the cluster
 * has served nobody yet, as it could not without them.
 */
public final class Bootstrap {
  /** Version of everything on disk; a folder of another one is refused. */
  public static final long FORMAT_VERSION = 1;

  /** Ids below this are given at bootstrap, not by the allocator. */
  public static final long FIRST_FREE_ID = 1000;

  /** The first store of a cluster. */
  public static final long STORE_ID = 1;

  /** The region that holds all user data at first. */
  public static final long USER_REGION_ID = 2;

  /** The region that holds the placement driver's state; never split, hidden from clients. */
  public static final long SYSTEM_REGION_ID = Regions.SYSTEM_REGION_ID;

  private static final byte[] MARK = {1};

  private Bootstrap() {}

  /**
   * Reads who this folder belongs to; empty when it is new.
   *
   * @throws EngineException when it was written by an unknown version, or holds data but no
   *     identity
   */
  public static Optional<StoreIdent> identity(Engines engines) {
    byte[] version = engines.kv().get(Cf.DEFAULT, Keys.formatVersionKey());
    if (version == null) {
      if (!engines.kv().isEmpty() || !engines.raft().isEmpty()) {
        throw new EngineException("data folder is not empty, but holds no store of Flotilla");
      }
      return Optional.empty();
    }
    long found = version.length == Long.BYTES ? ByteBuffer.wrap(version).getLong() : -1;
    if (found != FORMAT_VERSION) {
      throw new EngineException(
          "data folder has format version " + found + ", this is version " + FORMAT_VERSION);
    }
    byte[] ident = engines.kv().get(Cf.DEFAULT, Keys.storeIdentKey());
    if (ident == null) {
      throw new EngineException("data folder has no store identity");
    }
    return Optional.of(RegionStates.parse(ident, StoreIdent.parser(), "store identity"));
  }

  /**
   * Makes {@code clusterId}'s first store and its two regions in empty engines.
   *
   * @param clusterId random and not 0
   */
  public static StoreIdent create(Engines engines, long clusterId) {
    StoreIdent ident = StoreIdent.newBuilder().setClusterId(clusterId).setStoreId(STORE_ID).build();
    try (WriteBatch kv = engines.kv().newBatch()) {
      byte[] version = ByteBuffer.allocate(Long.BYTES).putLong(FORMAT_VERSION).array();
      kv.put(Cf.DEFAULT, Keys.formatVersionKey(), version);
      kv.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
      kv.put(Cf.DEFAULT, Keys.prepareBootstrapKey(), MARK);
      RegionStates.putInitialKv(kv, userRegion());
      RegionStates.putInitialKv(kv, systemRegion());
      engines.kv().write(kv, true);
    }
    finish(engines);
    return ident;
  }

  /** Goes on with a bootstrap that a crash interrupted, if there is one. */
  public static void resume(Engines engines) {
    if (engines.kv().get(Cf.DEFAULT, Keys.prepareBootstrapKey()) != null) {
      finish(engines);
    }
  }

  private static void finish(Engines engines) {
    try (WriteBatch raft = engines.raft().newBatch()) {
      RegionStates.putInitialRaft(raft, USER_REGION_ID);
      RegionStates.putInitialRaft(raft, SYSTEM_REGION_ID);
      engines.raft().write(raft, true);
    }
    try (WriteBatch kv = engines.kv().newBatch()) {
      kv.delete(Cf.DEFAULT, Keys.prepareBootstrapKey());
      engines.kv().write(kv, true);
    }
  }

  private static Region userRegion() {
    return region(USER_REGION_ID, ByteString.EMPTY, ByteString.copyFrom(Keys.reserved()));
  }

  private static Region systemRegion() {
    return region(SYSTEM_REGION_ID, ByteString.copyFrom(Keys.reserved()), ByteString.EMPTY);
  }

  /** The one peer's id follows its region's. */
  private static Region region(long id, ByteString start, ByteString end) {
    return Region.newBuilder()
        .setId(id)
        .setStartKey(start)
        .setEndKey(end)
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1))
        .addPeers(Peer.newBuilder().setId(id + 1).setStoreId(STORE_ID))
        .build();
  }
}
