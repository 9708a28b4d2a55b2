package dev.flotilla.node;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splits regions, moves replicas and leaders, and has replicas compared, whether or not the cluster
 * can do it just now. What it asks for goes on after it was asked.
 */
final class ChaosOperator {
  private static final Logger LOG = LoggerFactory.getLogger(ChaosOperator.class);
  private static final int REGIONS_MAX = 1000;

  /** In turn, so that a short run has all of them. */
  static final List<OperateKind> KINDS =
      List.of(
          OperateKind.Split,
          OperateKind.MovePeer,
          OperateKind.TransferLeader,
          OperateKind.CheckConsistency);

  private final ClusterUnderTest cluster;
  private final Supplier<ByteString> splitKeys;
  private final Random random;
  private final Map<OperateKind, Integer> accepted = new EnumMap<>(OperateKind.class);
  private int asked;

  /**
   * @param splitKeys where to split next
   */
  ChaosOperator(ClusterUnderTest cluster, Supplier<ByteString> splitKeys, Random random) {
    this.cluster = cluster;
    this.splitKeys = splitKeys;
    this.random = random;
  }

  /** How many orders of a kind the driver has taken. */
  int accepted(OperateKind kind) {
    return accepted.getOrDefault(kind, 0);
  }

  /**
   * Gives an order, which may be refused or come to nothing.
   *
   * @param by a node that answers
   */
  void act(int by) throws Exception {
    OperateKind kind = KINDS.get(asked++ % KINDS.size());
    try {
      ClusterClient client = cluster.connect(by);
      try {
        client.placement().operate(order(kind, client.placement())).await(10, TimeUnit.SECONDS);
        accepted.merge(kind, 1, Integer::sum);
      } finally {
        client.close().await(10, TimeUnit.SECONDS);
      }
    } catch (RuntimeException | TimeoutException refused) {
      LOG.info("{}: {}", kind, refused.toString());
    }
  }

  private OperateRequest.Builder order(OperateKind kind, PlacementClient placement)
      throws TimeoutException {
    OperateRequest.Builder order = OperateRequest.newBuilder().setKind(kind);
    if (kind == OperateKind.Split) {
      ByteString key = splitKeys.get();
      long region = placement.region(key).await(10, TimeUnit.SECONDS).getRegion().getId();
      return order.setRegionId(region).addKeys(key);
    }
    List<Region> regions = usersRegions(placement);
    if (regions.isEmpty()) {
      throw new IllegalStateException("not all regions are known");
    }
    Region region = regions.get(random.nextInt(regions.size()));
    List<Long> stores = new ArrayList<>();
    region.getPeersList().stream().map(Peer::getStoreId).forEach(stores::add);
    order.setRegionId(region.getId());
    switch (kind) {
      case TransferLeader -> order.setStoreId(any(stores));
      case MovePeer -> {
        List<Long> others = new ArrayList<>();
        placement.stores().await(10, TimeUnit.SECONDS).forEach(store -> others.add(store.getId()));
        others.removeAll(stores);
        if (others.isEmpty()) {
          throw new IllegalStateException("there is a replica everywhere");
        }
        order.setFromStoreId(any(stores)).setStoreId(any(others));
      }
      default -> {}
    }
    return order;
  }

  private long any(List<Long> stores) {
    return stores.get(random.nextInt(stores.size()));
  }

  /** All regions but the driver's own. */
  static List<Region> usersRegions(PlacementClient placement) throws TimeoutException {
    return placement.regions(ByteString.EMPTY, REGIONS_MAX).await(10, TimeUnit.SECONDS).stream()
        .map(found -> found.getRegion())
        .filter(region -> !Regions.isSystem(region))
        .toList();
  }
}
