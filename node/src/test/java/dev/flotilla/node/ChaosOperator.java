package dev.flotilla.node;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splits regions, moves replicas and leaders, has replicas compared and drains stores, whether or
 * not the cluster can do it just now. What it asks for goes on after it was asked.
 */
final class ChaosOperator {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosOperator.class);
  private static final int REGIONS_MAX = 1000;

  /** What is asked for, in turn, so that a short run has all of it. */
  enum Order {
    SPLIT,
    MOVE_REPLICA,
    MOVE_LEADER,
    COMPARE,
    /** Or have it back. */
    DRAIN
  }

  private final ClusterUnderTest cluster;
  private final Supplier<ByteString> splitKeys;
  private final Random random;

  /** The kinds of which the driver has taken one. */
  private final Set<Order> accepted = EnumSet.noneOf(Order.class);

  private int asked;

  /** The store that is drained; 0 for none. */
  private long drained;

  /**
   * @param splitKeys where to split next
   */
  ChaosOperator(ClusterUnderTest cluster, Supplier<ByteString> splitKeys, Random random) {
    this.cluster = cluster;
    this.splitKeys = splitKeys;
    this.random = random;
  }

  /**
   * Gives an order, which may be refused or come to nothing.
   *
   * @param by a node that answers
   */
  void act(int by) throws Exception {
    order(Order.values()[asked++ % Order.values().length], by);
  }

  /**
   * Has a store that is drained back, as its replicas have nowhere else to move, and gives each
   * kind of order that was refused each time.
   *
   * @return whether there is nothing left to do
   */
  boolean catchUp(int by) throws Exception {
    if (drained != 0) {
      order(Order.DRAIN, by);
    }
    for (Order kind : Order.values()) {
      if (!accepted.contains(kind)) {
        order(kind, by);
      }
    }
    return drained == 0 && accepted.size() == Order.values().length;
  }

  private void order(Order kind, int by) throws Exception {
    try {
      ClusterClient client = cluster.connect(by);
      try {
        give(kind, client.placement());
        accepted.add(kind);
      } finally {
        client.close().await(10, TimeUnit.SECONDS);
      }
    } catch (RuntimeException | TimeoutException refused) {
      LOG.info("{}: {}", kind, refused.toString());
    }
  }

  private void give(Order kind, PlacementClient placement) throws TimeoutException {
    switch (kind) {
      case SPLIT -> {
        ByteString key = splitKeys.get();
        Region region = answer(placement.region(key)).getRegion();
        operate(placement, OperateKind.Split, region, order -> order.addKeys(key));
      }
      case MOVE_REPLICA -> {
        Region region = anyRegion(placement);
        List<Long> free = storesOf(placement);
        free.removeAll(storesOf(region));
        long from = any(storesOf(region));
        long to = any(free);
        operate(
            placement,
            OperateKind.MovePeer,
            region,
            order -> order.setFromStoreId(from).setStoreId(to));
      }
      case MOVE_LEADER -> {
        Region region = anyRegion(placement);
        long to = any(storesOf(region));
        operate(placement, OperateKind.TransferLeader, region, order -> order.setStoreId(to));
      }
      case COMPARE ->
          operate(placement, OperateKind.CheckConsistency, anyRegion(placement), order -> {});
      case DRAIN -> {
        long store = drained == 0 ? any(storesOf(placement)) : drained;
        answer(placement.setStoreState(store, drained == 0 ? StoreState.Offline : StoreState.Up));
        drained = drained == 0 ? store : 0;
      }
    }
  }

  private static void operate(
      PlacementClient placement,
      OperateKind kind,
      Region region,
      Consumer<OperateRequest.Builder> what)
      throws TimeoutException {
    OperateRequest.Builder order =
        OperateRequest.newBuilder().setKind(kind).setRegionId(region.getId());
    what.accept(order);
    answer(placement.operate(order));
  }

  private static <T> T answer(Future<T> asked) throws TimeoutException {
    return asked.await(10, TimeUnit.SECONDS);
  }

  private static List<Long> storesOf(PlacementClient placement) throws TimeoutException {
    List<Long> stores = new ArrayList<>();
    answer(placement.stores()).forEach(store -> stores.add(store.getId()));
    return stores;
  }

  private static List<Long> storesOf(Region region) {
    return region.getPeersList().stream().map(Peer::getStoreId).toList();
  }

  private Region anyRegion(PlacementClient placement) throws TimeoutException {
    return any(usersRegions(placement));
  }

  private <T> T any(List<T> all) {
    if (all.isEmpty()) {
      throw new IllegalStateException("there is none now");
    }
    return all.get(random.nextInt(all.size()));
  }

  /** All regions but the driver's own; none while one is not known. */
  static List<Region> usersRegions(PlacementClient placement) throws TimeoutException {
    return answer(placement.regions(ByteString.EMPTY, REGIONS_MAX)).stream()
        .map(found -> found.getRegion())
        .filter(region -> !Regions.isSystem(region))
        .toList();
  }
}
