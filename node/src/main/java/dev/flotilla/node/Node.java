package dev.flotilla.node;

import dev.flotilla.config.CoprocessorConfig;
import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.config.ServerConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.pf4j.CoprocessorManager;
import dev.flotilla.coprocessor.pf4j.PluginHost;
import dev.flotilla.coprocessor.pf4j.RequiredPluginsFailed;
import dev.flotilla.engine.Engines;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.kv.StoredRegions;
import dev.flotilla.node.settings.ConfigException;
import dev.flotilla.node.settings.PluginFiles;
import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreLabel;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.security.Credentials;
import dev.flotilla.server.AnswerBursts;
import dev.flotilla.server.ImportFolder;
import dev.flotilla.server.ServerOptions;
import dev.flotilla.server.ServerVerticle;
import dev.flotilla.server.SnapReceiver;
import dev.flotilla.verticle.FaultHandler;
import dev.flotilla.verticle.StopSteps;
import dev.flotilla.verticle.StoreRuntime;
import dev.flotilla.verticle.StoreSetting;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * One node: engines, store, placement driver and client port, wired and brought up in order.
 *
 * <p>The port is opened first, so that its number is known when the store registers; until the
 * store serves, calls are told that the node is not ready.
 */
public final class Node {
  /** What clients take the store for: a TiKV that has all of the raw API. */
  private static final String VERSION = "5.0.0";

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static final long SECOND_MILLIS = 1_000;

  /** Longest time for moving leaders away before a stop. */
  private static final long HAND_OVER_MILLIS = 5_000;

  private final NodeConfig config;
  private final FaultHandler faults;
  private final Clock clock = new SystemClock();
  private final CoprocessorHost coprocessors = CoprocessorHost.withBuiltIns();
  private final StoreRuntime store;
  private final NodeStatus status;
  private final NodeCluster cluster;
  private final SnapReceiver snapReceiver;
  private final DiskWatch disk;
  private final ImportFolder imports;
  private final List<ServerVerticle> servers = new ArrayList<>();
  private volatile boolean serving;
  private final EngineOpening engines;
  private @Nullable CoprocessorManager plugins;
  private @Nullable String serverDeployment;
  private volatile @Nullable HostPort bound;

  /**
   * @param faults told of what must stop the process
   */
  private Node(
      NodeConfig config,
      ClusterStart clusterStart,
      Optional<Credentials> credentials,
      EngineOpening engines,
      FaultHandler faults) {
    this.config = config;
    this.faults = faults;
    this.engines = engines;
    Vertx vertx = clusterStart.vertx();
    this.cluster = new NodeCluster(config, clusterStart, credentials);
    boolean anyoneKnown = credentials.isPresent() || config.server().allowInsecure();
    this.snapReceiver =
        new SnapReceiver(config.snapshot().receivesMax(), !anyoneKnown, cluster.names());
    this.disk = new DiskWatch(config.storage().dataDir(), config.storage().reserveBytes());
    this.imports =
        new ImportFolder(
            config.storage().dataDir().resolve("import"),
            config.raftStore().entryBytesMax(),
            () -> disk.usage() == DiskUsage.Normal,
            clock);
    this.store =
        new StoreRuntime(
            vertx,
            config.raftStore(),
            config.threads().applyWorkers(PROCESSORS),
            config.threads().read(),
            faults);
    this.status =
        new NodeStatus(
            vertx,
            config,
            credentials,
            store,
            () -> serving,
            () -> CoprocessorList.of(coprocessors));
  }

  Vertx vertx() {
    return cluster.vertx();
  }

  /** Opens the event bus and makes a node of it, which is to be started. */
  public static Future<Node> create(NodeConfig config, FaultHandler faults) {
    Optional<Credentials> credentials = Credentials.of(config.security(), config.node().name());
    EngineOpening engines =
        EngineOpening.begin(config.storage(), fault -> faults.onFault("engine", fault));
    return ClusterStart.open(
            config.cluster(),
            new MembersFile(config.storage().dataDir()),
            eventLoops(config),
            credentials)
        .map(opened -> new Node(config, opened, credentials, engines, faults))
        .onSuccess(node -> credentials.ifPresent(shown -> shown.watch(node.vertx())))
        .onFailure(failure -> engines.close());
  }

  private static int eventLoops(NodeConfig config) {
    return config.threads().serverLoops(PROCESSORS);
  }

  /** Brings the node up; completes when it serves requests. */
  public Future<Void> start() {
    return listen()
        .compose(bound -> status.listen())
        .compose(bound -> cluster.open())
        .compose(open -> vertx().executeBlocking(this::openEngines))
        .compose(this::identify)
        .compose(this::startStore)
        .onSuccess(done -> serving = true);
  }

  /** Where clients reach this node, once it has started. */
  public HostPort address() {
    int port = bound().port();
    return config
        .server()
        .advertiseAddr()
        .map(advertised -> advertised.port() == 0 ? advertised.withPort(port) : advertised)
        .orElseGet(this::bound);
  }

  private HostPort bound() {
    HostPort listening = bound;
    if (listening == null) {
      throw new IllegalStateException("not started");
    }
    return listening;
  }

  /** Where the status port is, once it is open and if there is one. */
  Optional<HostPort> statusAddress() {
    return status.address();
  }

  /** Lines that say what this node is and where it listens, once it has started. */
  List<String> description() {
    List<String> lines = new ArrayList<>();
    lines.add("clients are served on " + bound());
    lines.add("other nodes reach it on " + cluster.advertised());
    String scheme = cluster.placement().scheme();
    statusAddress().ifPresent(http -> lines.add("status is on " + scheme + "://" + http));
    cluster
        .credentials()
        .ifPresent(shown -> lines.add("connections are encrypted; this node shows " + shown));
    return lines;
  }

  private Future<?> listen() {
    ServerConfig server = config.server();
    // Vert.x shares one random port among instances when it is asked for a negative one.
    int port = server.addr().port() == 0 ? -1 : server.addr().port();
    ServerOptions options =
        new ServerOptions(
            server.addr().host(),
            port,
            cluster.credentials(),
            server.messageBytesMax(),
            server.inFlightBytesMax(),
            server.concurrentStreamsMax(),
            server.idleTimeout(),
            server.drainTimeout());
    RawKv kv =
        new RawKv(store.router(), store.readPool(), coprocessors, clock, server.answerBytesMax());
    ServerVerticle.Services services =
        new ServerVerticle.Services(
            kv,
            new RegionSplits(store.router()),
            cluster.placement(),
            snapReceiver,
            imports,
            () -> serving,
            clock,
            status.metrics());
    return vertx()
        .deployVerticle(
            () -> {
              ServerVerticle verticle = new ServerVerticle(options, services);
              synchronized (servers) {
                servers.add(verticle);
              }
              return verticle;
            },
            new DeploymentOptions().setInstances(eventLoops(config)))
        .onSuccess(
            id -> {
              serverDeployment = id;
              bound = server.addr().withPort(servers.get(0).actualPort());
            })
        .recover(failure -> Future.failedFuture(StartRefused.cannotListen(server.addr(), failure)));
  }

  private Optional<StoreIdent> openEngines() {
    Engines opened = engines.await();
    imports.open();
    status.metrics().onOpened(opened);
    engines.measureSyncsBy(status.metrics()::onSynced);
    status.metrics().onDisk(disk);
    Optional<StoreIdent> ident = DataFolder.identity(opened, config.node());
    if (!config.coprocessor().safeMode()) {
      plugins = startPlugins();
    }
    status.metrics().onCoprocessors(coprocessors);
    return ident;
  }

  /** A relative one is within the installation, which the start script names. */
  private Path pluginsFolder() {
    return Path.of(System.getProperty("flotilla.home", ""))
        .resolve(config.coprocessor().pluginsDir());
  }

  private CoprocessorManager startPlugins() {
    Path folder = pluginsFolder();
    boolean named =
        !config.coprocessor().pluginsDir().equals(CoprocessorConfig.defaults().pluginsDir());
    if (named && !Files.isDirectory(folder)) {
      // Whoever relies on a plugin's rules must not find out by their absence.
      throw new StartRefused("there is no folder of plugins at " + folder);
    }
    try {
      return CoprocessorManager.start(
          () -> PluginFiles.read(folder, config.storage().dataDir()),
          new PluginHost(
              coprocessors,
              new StoredRegions(engines.await().kv(), clock),
              fault -> faults.onFault("coprocessors", fault)));
    } catch (RequiredPluginsFailed | ConfigException | UncheckedIOException refused) {
      throw new StartRefused(String.valueOf(refused.getMessage()), refused);
    }
  }

  /** Not before the store runs: what comes into use is told of the regions that are here. */
  private void watchPlugins() {
    if (plugins != null && config.coprocessor().watch()) {
      plugins.watch(store::introduce);
    }
  }

  private Future<StoreIdent> identify(Optional<StoreIdent> known) {
    Store record = record();
    return vertx()
        .executeBlocking(
            () -> {
              OwnCertificate.keep(cluster.credentials(), record);
              return record;
            })
        .compose(
            kept ->
                known.isPresent()
                    ? cluster.readmit(known.get(), kept)
                    : cluster.admit(kept, engines.await()));
  }

  /** This node's store as others are to know it, but for its id. */
  private Store record() {
    Store.Builder record = Store.newBuilder();
    config
        .node()
        .labels()
        .values()
        .forEach(
            (name, value) ->
                record.addLabels(StoreLabel.newBuilder().setKey(name).setValue(value)));
    return record
        .setAddress(address().toString())
        .setPeerAddress(cluster.advertised().toString())
        .setStatusAddress(
            statusAddress().map(status -> status.reachedAt(address()).toString()).orElse(""))
        .setVersion(VERSION)
        .setState(StoreState.Up)
        .setNodeState(NodeState.Serving)
        .setNodeName(cluster.name())
        .setStartTimestamp(clock.unixMillis() / 1000)
        .build();
  }

  private Future<Void> startStore(StoreIdent ident) {
    Store self = record().toBuilder().setId(ident.getStoreId()).build();
    status.onIdentified(ident.getClusterId(), self);
    SnapManager snapshots = new SnapManager(config.storage().dataDir().resolve("snap"));
    snapReceiver.open(new SnapReceiver.Target(ident.getStoreId(), snapshots, store.router()));
    Random chance = new SecureRandom();
    StoreSpace space = new StoreSpace(disk, engines.await());
    return cluster
        .startPlacement(ident, self, store.router(), clock, space::addTo, faults)
        .compose(done -> cluster.openTransport(ident, snapshots, store.router(), clock))
        .compose(
            transport ->
                store.start(
                    new StoreSetting(
                        ident.getStoreId(),
                        config.region(),
                        config.snapshot(),
                        engines.await(),
                        clock,
                        chance::nextInt,
                        new Slf4jRaftLogger(
                            task -> vertx().setTimer(SECOND_MILLIS, id -> task.run())),
                        coprocessors,
                        transport,
                        snapshots,
                        new DivergenceLog(),
                        new AnswerBursts(),
                        cluster.reports())))
        .onSuccess(
            done -> {
              disk.start(vertx(), usage -> store.router().send(new Msg.SpaceLeft(usage)));
              watchPlugins();
            })
        .compose(done -> cluster.register(self));
  }

  /**
   * Moves leaders to other stores, refuses new requests, finishes those accepted, stops the workers
   * and closes the engines, each even if one before fails. Nothing on disk depends on it: a start
   * after a crash finds the same.
   */
  public Future<Void> stop() {
    serving = false;
    disk.stop();
    return new StopSteps()
        .then(() -> store.handOverLeaders(HAND_OVER_MILLIS))
        .then(
            () ->
                serverDeployment == null
                    ? Future.succeededFuture()
                    : vertx().undeploy(serverDeployment))
        .then(status::close)
        .then(cluster::close)
        .then(store::stop)
        .then(() -> blocking(this::closePlugins))
        .then(() -> blocking(engines::close))
        .done()
        // Not waited for: the threads that would say so are those that end.
        .onComplete(done -> vertx().close());
  }

  private Future<?> blocking(Runnable action) {
    return vertx().executeBlocking(Executors.callable(action));
  }

  private void closePlugins() {
    if (plugins != null) {
      plugins.close();
    }
  }
}
