package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;

/** Addresses on the clustered event bus. One consumer each; none for a region. */
final class Addresses {
  /** Everyone who wants to know who drives placement. */
  static final String DRIVER = "f.driver";

  private Addresses() {}

  /** Raft messages for a store. */
  static String raft(long storeId) {
    return "f." + storeId;
  }

  /** Requests to a store's placement driver. */
  static String placement(long storeId) {
    return "f." + storeId + ".pd";
  }

  /** Requests to a node of which only the cluster address is known. */
  static String node(HostPort clusterAddress) {
    return "f.at." + clusterAddress;
  }
}
