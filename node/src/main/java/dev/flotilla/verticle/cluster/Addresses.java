package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;

/**
 * Addresses on the clustered event bus. One consumer each; none for a region. Each of them tells
 * which nodes it means, so that nobody has to be asked where its consumer is.
 */
final class Addresses {
  /** Everyone who wants to know who drives placement. */
  static final String DRIVER = "f.driver";

  private static final String STORE = "f.";
  private static final String PLACEMENT = ".pd";
  private static final String NODE = "f.at.";

  /** The nodes that an address means. */
  sealed interface Destination {}

  /** The node of a store. */
  record OfStore(long storeId) implements Destination {}

  /** The node with this cluster address. */
  record OfNode(HostPort clusterAddress) implements Destination {}

  /** All nodes, or only the one that sends. */
  enum Reach implements Destination {
    ALL,
    SELF
  }

  private Addresses() {}

  /** Raft messages for a store. */
  static String raft(long storeId) {
    return STORE + storeId;
  }

  /** Requests to a store's placement driver. */
  static String placement(long storeId) {
    return STORE + storeId + PLACEMENT;
  }

  /** Requests to a node of which only the cluster address is known. */
  static String node(HostPort clusterAddress) {
    return NODE + clusterAddress;
  }

  /** Which nodes {@code address} means; one that is not of this class is its node's own. */
  static Destination destination(String address) {
    if (address.equals(DRIVER)) {
      return Reach.ALL;
    }
    try {
      if (address.startsWith(NODE)) {
        return new OfNode(HostPort.parse(address.substring(NODE.length())));
      }
      if (address.startsWith(STORE)) {
        int end =
            address.endsWith(PLACEMENT) ? address.length() - PLACEMENT.length() : address.length();
        return new OfStore(Long.parseLong(address.substring(STORE.length(), end)));
      }
    } catch (IllegalArgumentException e) {
      return Reach.SELF;
    }
    return Reach.SELF;
  }
}
