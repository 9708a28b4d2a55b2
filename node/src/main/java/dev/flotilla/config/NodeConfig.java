package dev.flotilla.config;

/**
 * All settings of a node, a record a section. Immutable; an instance that exists is valid.
 *
 * @param node who the node is
 * @param server the client port
 * @param status the HTTP port
 * @param cluster other nodes
 * @param placement the placement driver
 * @param raftStore the raftstore
 * @param region the shape of regions
 * @param snapshot bringing replicas up to date
 * @param storage data on disk
 * @param threads worker threads
 * @param coprocessor plugins
 * @param security certificates
 */
public record NodeConfig(
    IdentityConfig node,
    ServerConfig server,
    StatusConfig status,
    ClusterConfig cluster,
    PlacementConfig placement,
    RaftStoreConfig raftStore,
    RegionConfig region,
    SnapshotConfig snapshot,
    StorageConfig storage,
    ThreadsConfig threads,
    CoprocessorConfig coprocessor,
    SecurityConfig security) {

  /** The settings that Flotilla ships with. */
  public static NodeConfig defaults() {
    return new NodeConfig(
        IdentityConfig.defaults(),
        ServerConfig.defaults(),
        StatusConfig.defaults(),
        ClusterConfig.defaults(),
        PlacementConfig.defaults(),
        RaftStoreConfig.defaults(),
        RegionConfig.defaults(),
        SnapshotConfig.defaults(),
        StorageConfig.defaults(),
        ThreadsConfig.defaults(),
        CoprocessorConfig.defaults(),
        SecurityConfig.defaults());
  }

  public NodeConfig {
    requireOwnPort("cluster.addr", cluster.addr(), "server.addr", server.addr());
    status
        .addr()
        .ifPresent(
            addr -> {
              requireOwnPort("status.addr", addr, "server.addr", server.addr());
              requireOwnPort("status.addr", addr, "cluster.addr", cluster.addr());
            });
    boolean exposable = security.isOn() || server.allowInsecure();
    requireExposable("server.addr", server.addr(), exposable);
    status.addr().ifPresent(addr -> requireExposable("status.addr", addr, exposable));
    requireExposable("cluster.addr", cluster.addr(), exposable);
    requireRoomForEntries(
        "server.message-bytes-max", server.messageBytesMax(), raftStore, "be sent");
    requireRoomForEntries(
        "server.in-flight-bytes-max", server.inFlightBytesMax(), raftStore, "be accepted");
    requireRoomForEntries(
        "server.answer-bytes-max", server.answerBytesMax(), raftStore, "be read again");
  }

  private static void requireRoomForEntries(
      String key, long bytes, RaftStoreConfig raftStore, String purpose) {
    // As much, and what is around a value.
    if (raftStore.entryBytesMax() > bytes) {
      throw new InvalidSetting(
          key,
          SettingText.ofBytes(bytes)
              + " is less than raftstore.entry-bytes-max, "
              + SettingText.ofBytes(raftStore.entryBytesMax())
              + ": entries of that size could not "
              + purpose,
          "raftstore.entry-bytes-max");
    }
  }

  private static void requireOwnPort(String key, HostPort addr, String otherKey, HostPort other) {
    if (addr.overlaps(other)) {
      // Vert.x would let them share the port, and give each the connections in turn.
      throw new InvalidSetting(key, addr + " has the port of " + otherKey + ", " + other, otherKey);
    }
  }

  private static void requireExposable(String key, HostPort addr, boolean exposable) {
    if (!addr.isLoopback() && !exposable) {
      throw new InvalidSetting(
          key,
          addr
              + " can be reached from other machines, and connections are not encrypted: use a"
              + " loopback address, name certificates in [security], or set server.allow-insecure ="
              + " true if the network is trusted");
    }
  }
}
