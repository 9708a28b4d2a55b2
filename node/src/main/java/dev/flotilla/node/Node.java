package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.config.ServerConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.pf4j.CoprocessorManager;
import dev.flotilla.coprocessor.pf4j.RequiredPluginsFailed;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.rocks.RocksEngines;
import dev.flotilla.kv.RawKv;
import dev.flotilla.node.settings.ConfigException;
import dev.flotilla.node.settings.PluginFiles;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.server.Placement;
import dev.flotilla.server.ServerOptions;
import dev.flotilla.server.ServerVerticle;
import dev.flotilla.verticle.FaultHandler;
import dev.flotilla.verticle.NoTransport;
import dev.flotilla.verticle.PdRuntime;
import dev.flotilla.verticle.StoreRuntime;
import dev.flotilla.verticle.StoreSetting;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
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

  private final NodeConfig config;
  private final FaultHandler faults;
  private final Clock clock = new SystemClock();
  private final CoprocessorHost coprocessors = CoprocessorHost.withBuiltIns();
  private final Vertx vertx;
  private final StoreRuntime store;
  private final NodeStatus status;
  private final AtomicReference<@Nullable PdRuntime> placement = new AtomicReference<>();
  private final List<ServerVerticle> servers = new ArrayList<>();
  private volatile boolean serving;
  private @Nullable Engines engines;
  private @Nullable CoprocessorManager plugins;
  private @Nullable String serverDeployment;
  private volatile @Nullable HostPort bound;

  /**
   * @param faults told of what must stop the process
   */
  public Node(NodeConfig config, FaultHandler faults) {
    this.config = config;
    this.faults = faults;
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(config.threads().server()));
    this.store =
        new StoreRuntime(
            vertx, config.raftStore(), config.threads().apply(), config.threads().read(), faults);
    this.status =
        new NodeStatus(vertx, config, store, () -> serving, () -> CoprocessorList.of(coprocessors));
  }

  /** Brings the node up; completes when it serves requests. */
  public Future<Void> start() {
    return listen()
        .compose(bound -> status.listen())
        .compose(bound -> vertx.executeBlocking(this::openEngines))
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
    statusAddress().ifPresent(http -> lines.add("status is on http://" + http));
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
            server.messageBytesMax(),
            server.inFlightBytesMax(),
            server.concurrentStreamsMax(),
            server.idleTimeout(),
            server.drainTimeout());
    RawKv kv = new RawKv(store.router(), store.readPool(), coprocessors, clock);
    ServerVerticle.Services services =
        new ServerVerticle.Services(kv, placementOrNone(), () -> serving, clock, status.metrics());
    return vertx
        .deployVerticle(
            () -> {
              ServerVerticle verticle = new ServerVerticle(options, services);
              synchronized (servers) {
                servers.add(verticle);
              }
              return verticle;
            },
            new DeploymentOptions().setInstances(config.threads().server()))
        .onSuccess(
            id -> {
              serverDeployment = id;
              bound = server.addr().withPort(servers.get(0).actualPort());
            })
        .recover(failure -> Future.failedFuture(StartRefused.cannotListen(server.addr(), failure)));
  }

  private Placement placementOrNone() {
    return request -> {
      PdRuntime pd = placement.get();
      return pd != null && pd.requests().submit(request);
    };
  }

  private StoreIdent openEngines() {
    Engines opened =
        RocksEngines.open(
            config.storage().dataDir(),
            DataFolder.settings(config.storage()),
            fault -> faults.onFault("engine", fault));
    engines = opened;
    status.metrics().onOpened(opened);
    StoreIdent ident = DataFolder.identify(opened, config.node());
    if (!config.coprocessor().safeMode()) {
      plugins = startPlugins();
    }
    return ident;
  }

  /** A relative one is within the installation, which the start script names. */
  private Path pluginsFolder() {
    return Path.of(System.getProperty("flotilla.home", ""))
        .resolve(config.coprocessor().pluginsDir());
  }

  private CoprocessorManager startPlugins() {
    try {
      return CoprocessorManager.start(
          PluginFiles.read(pluginsFolder(), config.storage().dataDir()), coprocessors);
    } catch (RequiredPluginsFailed | ConfigException refused) {
      throw new StartRefused(String.valueOf(refused.getMessage()), refused);
    }
  }

  private Future<Void> startStore(StoreIdent ident) {
    Engines opened = engines;
    if (opened == null) {
      throw new IllegalStateException("engines are not open");
    }
    Store self =
        Store.newBuilder()
            .setId(ident.getStoreId())
            .setAddress(address().toString())
            .setPeerAddress(address().toString())
            .setVersion(VERSION)
            .setState(StoreState.Up)
            .setStartTimestamp(clock.unixMillis() / 1000)
            .build();
    status.onIdentified(ident.getClusterId(), self);
    PdRuntime pd = new PdRuntime(vertx, ident.getClusterId(), self, store.router(), clock, faults);
    placement.set(pd);
    Random chance = new SecureRandom();
    return pd.start()
        .compose(
            id ->
                store.start(
                    new StoreSetting(
                        ident.getStoreId(),
                        config.region(),
                        config.snapshot(),
                        opened,
                        clock,
                        (min, max) -> chance.nextInt(min, max),
                        new Slf4jRaftLogger(),
                        coprocessors,
                        new NoTransport(store.router()),
                        new SnapManager(config.storage().dataDir().resolve("snap")),
                        this::onDivergence,
                        pd.reports())))
        .compose(done -> pd.whenReady());
  }

  /** The replica that differs must not serve, and nobody here can tell who is right. */
  private void onDivergence(Region region, Peer peer, long index) {
    faults.onFault(
        "consistency check",
        new IllegalStateException(
            "data of region "
                + region.getId()
                + " on store "
                + peer.getStoreId()
                + " differs from its leader's as of index "
                + index));
  }

  /**
   * Refuses new requests, finishes those accepted, stops the workers and closes the engines.
   * Nothing on disk depends on it: a start after a crash finds the same.
   */
  public Future<Void> stop() {
    serving = false;
    Future<Void> drained =
        serverDeployment == null ? Future.succeededFuture() : vertx.undeploy(serverDeployment);
    return drained
        .compose(done -> status.close())
        .compose(done -> store.stop())
        .compose(done -> vertx.executeBlocking(this::closeOwned))
        // Not waited for: the threads that would say so are those that end.
        .onComplete(done -> vertx.close());
  }

  @SuppressWarnings("NullAway") // Void has no other value
  private Void closeOwned() {
    if (plugins != null) {
      plugins.close();
    }
    if (engines != null) {
      engines.kv().flush();
      engines.close();
    }
    return null;
  }
}
