package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;
import io.vertx.core.Completable;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The event bus's view of the cluster, computed: a node's id is its cluster address, and an address
 * on the bus says which store or node it means. So nothing is shared, nothing can be lost by a
 * split or a pause, and there is no port besides the bus's own. Any thread; never blocks.
 *
 * <p>Vert.x's clustered maps, locks and counters are not offered: whatever nodes must agree on goes
 * through raft.
 */
final class MemberRegistry implements ClusterManager {
  private final Members members;
  private final String selfId;
  private volatile boolean active;
  private volatile @Nullable NodeInfo selfInfo;
  private volatile @Nullable RegistrationListener listener;

  MemberRegistry(Members members) {
    this.members = members;
    this.selfId = members.self().toString();
    members.onChange(this::onChange);
  }

  @Override
  public void init(Vertx vertx) {
    // Needs nothing of it.
  }

  @Override
  public void join(Completable<Void> promise) {
    active = true;
    promise.succeed();
  }

  @Override
  public void leave(Completable<Void> promise) {
    active = false;
    promise.succeed();
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public String getNodeId() {
    return selfId;
  }

  @Override
  public List<String> getNodes() {
    List<String> nodes = new ArrayList<>();
    nodes.add(selfId);
    members.others().forEach(other -> nodes.add(other.toString()));
    return nodes;
  }

  @Override
  public void nodeListener(NodeListener unused) {
    // Nodes do not come and go here: a connection that fails is tried again by the next message.
  }

  @Override
  public void setNodeInfo(NodeInfo nodeInfo, Completable<Void> promise) {
    selfInfo = nodeInfo;
    promise.succeed();
  }

  @Override
  public @Nullable NodeInfo getNodeInfo() {
    return selfInfo;
  }

  @Override
  public void getNodeInfo(String nodeId, Completable<NodeInfo> promise) {
    HostPort address = HostPort.parse(nodeId);
    promise.succeed(new NodeInfo(address.host(), address.port(), null));
  }

  @Override
  public void registrationListener(RegistrationListener registrationListener) {
    listener = registrationListener;
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    promise.succeed();
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    promise.succeed();
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    promise.succeed(registrations(address));
  }

  private List<RegistrationInfo> registrations(String address) {
    Addresses.Destination destination = Addresses.destination(address);
    if (destination instanceof Addresses.OfStore store) {
      HostPort at = members.addressOf(store.storeId());
      return at == null ? List.of() : List.of(registration(at.toString()));
    } else if (destination instanceof Addresses.OfNode node) {
      return List.of(registration(node.clusterAddress().toString()));
    } else if (destination == Addresses.Reach.ALL) {
      return getNodes().stream().map(MemberRegistry::registration).toList();
    }
    return List.of(registration(selfId));
  }

  private static RegistrationInfo registration(String nodeId) {
    return new RegistrationInfo(nodeId, 0, false);
  }

  /** The bus keeps what it was told of an address until it hears otherwise. */
  private void onChange(long storeId) {
    RegistrationListener told = listener;
    if (told == null) {
      return;
    }
    for (String address :
        List.of(Addresses.raft(storeId), Addresses.placement(storeId), Addresses.DRIVER)) {
      if (told.wantsUpdatesFor(address)) {
        told.registrationsUpdated(new RegistrationUpdateEvent(address, registrations(address)));
      }
    }
  }

  @Override
  public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
    promise.fail(notOffered());
  }

  @Override
  public <K, V> Map<K, V> getSyncMap(String name) {
    throw notOffered();
  }

  @Override
  public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
    promise.fail(notOffered());
  }

  @Override
  public void getCounter(String name, Completable<Counter> promise) {
    promise.fail(notOffered());
  }

  private static UnsupportedOperationException notOffered() {
    return new UnsupportedOperationException("nodes share nothing besides what raft replicates");
  }
}
