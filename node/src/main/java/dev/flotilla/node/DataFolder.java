package dev.flotilla.node;

import dev.flotilla.config.IdentityConfig;
import dev.flotilla.config.StorageConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.rocks.RocksSettings;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.store.Bootstrap;
import java.security.SecureRandom;
import java.util.Optional;

/** What a node finds in its data folder or puts there. */
final class DataFolder {
  private DataFolder() {}

  /** The settings of both databases. */
  static RocksSettings settings(StorageConfig storage) {
    return new RocksSettings(
        storage.blockCacheBytes(),
        storage.writeBufferBytes(),
        storage.writeBuffersMax(),
        storage.writeBuffersTotalBytesMax(),
        storage.walBytesMax(),
        storage.backgroundJobsMax(),
        storage.openFilesMax(),
        storage.blockBytes(),
        storage.bloomBitsPerKey());
  }

  /**
   * Reads whose folder it is; empty when nobody's yet.
   *
   * @throws StartRefused when it belongs to another cluster than {@code wanted}
   * @throws dev.flotilla.engine.EngineException when it is not a folder of this version
   */
  static Optional<StoreIdent> identity(Engines engines, IdentityConfig wanted) {
    Bootstrap.resume(engines);
    Optional<StoreIdent> found = Bootstrap.identity(engines);
    found.ifPresent(ident -> check(ident, wanted));
    return found;
  }

  private static void check(StoreIdent ident, IdentityConfig wanted) {
    if (wanted.clusterId() != 0 && wanted.clusterId() != ident.getClusterId()) {
      throw new StartRefused(
          "data folder belongs to cluster "
              + ident.getClusterId()
              + ", but node.cluster-id is "
              + wanted.clusterId()
              + ": choose another data folder, or set node.cluster-id to that of the folder or 0");
    }
  }

  /** Makes an empty folder the first store of a cluster. */
  static StoreIdent found(Engines engines, IdentityConfig wanted) {
    return Bootstrap.create(
        engines, wanted.clusterId() == 0 ? randomClusterId() : wanted.clusterId());
  }

  /** Never 0, which means "unknown" in the protocol, and positive so that it prints as such. */
  private static long randomClusterId() {
    return new SecureRandom().nextLong(1, Long.MAX_VALUE);
  }
}
