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
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

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
      if (incarnation(engines).isPresent()) {
        return Optional.empty();
      }
      throw new EngineException("data folder has no store identity");
    }
    byte[] stamp = engines.raft().get(Cf.DEFAULT, Keys.storeIdentKey());
    if (stamp != null ? !Arrays.equals(stamp, ident) : !isFounding(engines)) {
      throw new EngineException(
          "the folders kv and raft of the data folder are not of one store: one of them was"
              + " replaced or deleted");
    }
    return Optional.of(RegionStates.parse(ident, StoreIdent.parser(), "store identity"));
  }

  private static boolean isFounding(Engines engines) {
    return engines.kv().get(Cf.DEFAULT, Keys.prepareBootstrapKey()) != null;
  }

  /** What a node drew that began to join a cluster with this folder; empty when none did. */
  public static OptionalLong incarnation(Engines engines) {
    byte[] drawn = engines.kv().get(Cf.DEFAULT, Keys.incarnationKey());
    return drawn == null ? OptionalLong.empty() : OptionalLong.of(ByteBuffer.wrap(drawn).getLong());
  }

  /** Keeps what was drawn, so that a node that is killed while joining comes back as the same. */
  public static void beginJoining(Engines engines, long incarnation) {
    try (WriteBatch kv = engines.kv().newBatch()) {
      kv.put(Cf.DEFAULT, Keys.formatVersionKey(), number(FORMAT_VERSION));
      kv.put(Cf.DEFAULT, Keys.incarnationKey(), number(incarnation));
      engines.kv().write(kv, true);
    }
  }

  /** The cluster has given this folder a store. */
  public static StoreIdent join(Engines engines, long clusterId, long storeId) {
    StoreIdent ident = StoreIdent.newBuilder().setClusterId(clusterId).setStoreId(storeId).build();
    // The kv engine says whose folder it is, so it comes last.
    try (WriteBatch raft = engines.raft().newBatch();
        WriteBatch kv = engines.kv().newBatch()) {
      raft.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
      engines.raft().write(raft, true);
      kv.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
      engines.kv().write(kv, true);
    }
    return ident;
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  /**
   * Makes {@code clusterId}'s first store and its two regions in empty engines.
   *
   * @param clusterId random and not 0
   */
  public static StoreIdent create(Engines engines, long clusterId) {
    StoreIdent ident = StoreIdent.newBuilder().setClusterId(clusterId).setStoreId(STORE_ID).build();
    try (WriteBatch kv = engines.kv().newBatch()) {
      kv.put(Cf.DEFAULT, Keys.formatVersionKey(), number(FORMAT_VERSION));
      kv.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
      kv.put(Cf.DEFAULT, Keys.prepareBootstrapKey(), MARK);
      RegionStates.putInitialKv(kv, userRegion());
      RegionStates.putInitialKv(kv, systemRegion());
      engines.kv().write(kv, true);
    }
    finish(engines, ident);
    return ident;
  }

  /** Goes on with a bootstrap that a crash interrupted, if there is one. */
  public static void resume(Engines engines) {
    if (isFounding(engines)) {
      identity(engines).ifPresent(ident -> finish(engines, ident));
    }
  }

  private static void finish(Engines engines, StoreIdent ident) {
    try (WriteBatch raft = engines.raft().newBatch()) {
      raft.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
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
