package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.security.Credentials;
import dev.flotilla.security.StoreNames;
import dev.flotilla.server.Placement;
import dev.flotilla.verticle.FaultHandler;
import dev.flotilla.verticle.PdRuntime;
import dev.flotilla.verticle.cluster.BusCalls;
import dev.flotilla.verticle.cluster.BusLoop;
import dev.flotilla.verticle.cluster.EventBusTransport;
import dev.flotilla.verticle.cluster.Greeting;
import dev.flotilla.verticle.cluster.Members;
import dev.flotilla.verticle.cluster.PlacementLink;
import dev.flotilla.verticle.cluster.SnapshotSender;
import dev.flotilla.verticle.cluster.StoreDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's place among the others: greeting, placement, raft messages, snapshots. */
final class NodeCluster {
  private static final long ANNOUNCE_MILLIS = 500;
  private static final long MEMBERS_MILLIS = 2_000;
  private static final long UNKNOWN_MILLIS = 100;

  /** How long a client waits for an election; some expect an answer within 0.2 s. */
  private static final Duration DRIVER_PATIENCE = Duration.ofMillis(150);

  /** So many of a region's reports can be lost, one after the other, only if nobody sends any. */
  private static final int REPORTS_MISSED = 3;

  private final NodeConfig config;
  private final Optional<Credentials> credentials;
  private final ClusterStart start;
  private final Vertx vertx;
  private final BusLoop busLoop;
  private final BusCalls calls;
  private final Greeting greeting;
  private final Members members;
  private final StoreNames names;
  private final MembersFile file;
  private final StoreDirectory directory = new StoreDirectory(() -> link().stores());
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile @Nullable PlacementLink link;
  private @Nullable EventBusTransport transport;

  /**
   * @param credentials for everything between nodes, if it is to be encrypted
   */
  NodeCluster(NodeConfig config, ClusterStart start, Optional<Credentials> credentials) {
    this.config = config;
    this.credentials = credentials;
    this.start = start;
    this.vertx = start.vertx();
    this.busLoop = new BusLoop(vertx);
    this.calls = new BusCalls(busLoop, config.cluster().requestTimeout());
    this.members = start.members();
    this.names = start.storeNames();
    this.greeting =
        new Greeting(calls, members, names, config.cluster().join(), SharedSettings.of(config));
    this.file = new MembersFile(config.storage().dataDir());
    // At once: whoever has moved is found only by those who remember, and they may be ended next.
    members.onChange(storeId -> remember());
  }

  /** Begins to answer other nodes. */
  Future<Void> open() {
    return vertx.executeBlocking(start::names).compose(greeting::open);
  }

  Vertx vertx() {
    return vertx;
  }

  /** What connections are to be protected with, if at all. */
  Optional<Credentials> credentials() {
    return credentials;
  }

  /** Name of this node, empty for none. */
  String name() {
    return credentials.map(Credentials::name).or(() -> config.node().name()).orElse("");
  }

  /** Whose certificate speaks for which store. */
  StoreNames names() {
    return names;
  }

  /** Cluster address that others are told. */
  HostPort advertised() {
    return members.self();
  }

  /** What the client port asks; until the node knows its cluster, nobody answers. */
  Placement placement() {
    return new Placement() {
      @Override
      public String scheme() {
        return credentials.isPresent() ? "https" : "http";
      }

      @Override
      public boolean isHere() {
        PlacementLink opened = link;
        return opened != null && opened.isHere();
      }

      @Override
      public boolean submit(Consumer<PlacementDriver> request) {
        PlacementLink opened = link;
        return opened != null && opened.submit(request);
      }

      @Override
      public Future<byte[]> relay(String method, byte[] request) {
        PlacementLink opened = link;
        return opened == null
            ? Future.failedFuture("this node knows of no cluster yet")
            : opened.relay(method, request);
      }
    };
  }

  /** Founds a cluster or joins one, as the settings say, with a store that is new. */
  Future<StoreIdent> admit(Store record, Engines engines) {
    return new Admission(vertx, config, engines, credentials, greeting, members.others())
        .run(record);
  }

  /** Asks the others whether the store that was here before may come back as it is now. */
  Future<StoreIdent> readmit(StoreIdent ident, Store record) {
    return new Readmission(config, greeting, credentials, members).run(ident, record);
  }

  /**
   * Starts the driver of this node and its way to that of others.
   *
   * @param space adds how much space the store has to what is said of it; any thread
   */
  Future<Void> startPlacement(
      StoreIdent ident,
      Store self,
      RaftStoreRouter router,
      Clock clock,
      Consumer<StoreStats.Builder> space,
      FaultHandler faults) {
    PlacementRules rules =
        new PlacementRules(
            config.placement().replicasMax(),
            config.placement().storeDownAfter().toNanos(),
            REPORTS_MISSED * config.raftStore().regionHeartbeatTick().toNanos(),
            SharedSettings.of(config),
            config.raftStore().entryBytesMax() / 2);
    PdRuntime driver =
        new PdRuntime(
            vertx,
            ident.getClusterId(),
            self,
            router,
            clock,
            rules,
            (storeId, command) -> {
              PlacementLink opened = link;
              if (opened != null) {
                opened.command(storeId, command);
              }
            },
            faults);
    PlacementLink opened =
        new PlacementLink(
            vertx,
            calls,
            DRIVER_PATIENCE,
            ident.getClusterId(),
            ident.getStoreId(),
            names,
            placement().scheme(),
            driver,
            router,
            space);
    link = opened;
    names.record(ident.getStoreId(), self.getNodeName());
    names.onUnknown(this::askForNames);
    driver.onTerm(opened::onTerm);
    return driver
        .start()
        .compose(id -> opened.open())
        .onSuccess(
            done -> {
              members.identify(ident.getStoreId(), clock.unixMillis());
              greeting.onIdentified(ident.getClusterId(), ident.getStoreId(), opened);
              greeting.greetAll();
              vertx.setPeriodic(ANNOUNCE_MILLIS, id -> opened.announce());
            });
  }

  private PlacementLink link() {
    PlacementLink opened = link;
    if (opened == null) {
      throw new IllegalStateException("placement is not started");
    }
    return opened;
  }

  /** Takes the store's reports. */
  Scheduler<PlacementTask> reports() {
    return link()::report;
  }

  /** The way of raft messages, open. */
  Future<Transport> openTransport(
      StoreIdent ident, SnapManager snapshots, RaftStoreRouter router, Clock clock) {
    SnapshotSender sender =
        new SnapshotSender(
            vertx, config.snapshot(), snapshots, router, directory::clientPort, credentials);
    EventBusTransport opened =
        new EventBusTransport(
            busLoop,
            config.cluster(),
            names,
            ident.getClusterId(),
            ident.getStoreId(),
            new SecureRandom().nextLong(),
            clock,
            router,
            sender::send,
            link()::onUnreached);
    transport = opened;
    vertx.setPeriodic(
        MEMBERS_MILLIS,
        id -> {
          greeting.greetAll();
          learnMembers();
        });
    return opened.listen().map(listening -> opened);
  }

  /** A store that has just been let in need not wait until it is asked for anyway. */
  private void askForNames() {
    if (asking.compareAndSet(false, true)) {
      vertx.setTimer(UNKNOWN_MILLIS, id -> learnMembers().onComplete(asked -> asking.set(false)));
    }
  }

  private Future<?> learnMembers() {
    return directory.refresh().compose(this::onMembers);
  }

  /** What was heard from a store itself counts for more than where it is registered. */
  private Future<?> onMembers(Collection<Store> stores) {
    for (Store store : stores) {
      if (store.getState() == StoreState.Tombstone) {
        members.forget(store.getId());
        names.forget(store.getId());
        greeting.onGone(store.getId());
        continue;
      }
      names.record(store.getId(), store.getNodeName());
      if (!store.getPeerAddress().isEmpty()) {
        members.learn(store.getId(), store.getPeerAddress(), 0);
      }
    }
    return remember();
  }

  /** A restart is to find the others without being told. */
  private Future<?> remember() {
    return vertx.executeBlocking(
        () -> {
          file.write(members::all, names);
          return true;
        });
  }

  /**
   * Registers this store, for as long as it takes; completes when clients that ask this node find
   * their way.
   */
  Future<Void> register(Store self) {
    return new Registration(
            vertx, link(), SharedSettings.of(config), this::learnMembers, greeting::silent)
        .run(self);
  }

  /** Hears and says no more. */
  Future<Void> close() {
    greeting.close();
    PlacementLink opened = link;
    if (opened != null) {
      opened.close();
    }
    return transport == null ? Future.succeededFuture() : transport.close();
  }
}
