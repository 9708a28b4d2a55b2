package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.node.settings.ConfigLoader;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.store.RegionStatus;
import dev.flotilla.security.Credentials;
import dev.flotilla.server.StatusServer;
import dev.flotilla.server.StatusSource;
import dev.flotilla.verticle.StoreRuntime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the node tells of itself, and the port that it tells it on. */
final class NodeStatus implements StatusSource {
  private final Vertx vertx;
  private final NodeConfig config;
  private final Optional<Credentials> credentials;
  private final StoreRuntime store;
  private final BooleanSupplier serving;
  private final Supplier<List<Map<String, Object>>> coprocessors;
  private final NodeMetrics metrics;
  private volatile @Nullable StatusServer server;
  private volatile long clusterId;
  private volatile Store self = Store.getDefaultInstance();

  /**
   * @param credentials protect the port, if given
   */
  NodeStatus(
      Vertx vertx,
      NodeConfig config,
      Optional<Credentials> credentials,
      StoreRuntime store,
      BooleanSupplier serving,
      Supplier<List<Map<String, Object>>> coprocessors) {
    this.vertx = vertx;
    this.config = config;
    this.credentials = credentials;
    this.store = store;
    this.serving = serving;
    this.coprocessors = coprocessors;
    this.metrics = new NodeMetrics(store);
    credentials.ifPresent(metrics::onCredentials);
  }

  NodeMetrics metrics() {
    return metrics;
  }

  /** Opens the port, if the settings have one. */
  Future<Void> listen() {
    Optional<HostPort> addr = config.status().addr();
    if (addr.isEmpty()) {
      return Future.succeededFuture();
    }
    return StatusServer.listen(vertx, addr.get().host(), addr.get().port(), credentials, this)
        .onSuccess(listening -> server = listening)
        .<Void>mapEmpty()
        .recover(failure -> Future.failedFuture(StartRefused.cannotListen(addr.get(), failure)));
  }

  /** Where the port is, if there is one. */
  Optional<HostPort> address() {
    StatusServer listening = server;
    return listening == null
        ? Optional.empty()
        : config.status().addr().map(addr -> addr.withPort(listening.port()));
  }

  /** The node knows who it is. */
  void onIdentified(long cluster, Store identity) {
    clusterId = cluster;
    self = identity;
  }

  Future<Void> close() {
    metrics.close();
    StatusServer listening = server;
    return listening == null ? Future.succeededFuture() : listening.close();
  }

  @Override
  public Future<Boolean> isServing() {
    return serving.getAsBoolean() ? store.ask(turning -> true) : Future.succeededFuture(false);
  }

  @Override
  public Future<Map<String, Object>> status() {
    return stats()
        .map(
            stats -> {
              Map<String, Object> status = new LinkedHashMap<>();
              status.put("version", FlotillaCommand.Version.text());
              status.put("tikvVersion", self.getVersion());
              status.put("serving", serving.getAsBoolean());
              status.put("clusterId", Long.toUnsignedString(clusterId));
              status.put("storeId", self.getId());
              status.put("address", self.getAddress());
              status.put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime());
              status.put("regions", stats.regions());
              status.put("leaders", stats.leaders());
              status.put("logSyncs", stats.logSyncs());
              status.put("storeQueue", store.storeQueueSize());
              return status;
            });
  }

  /** Zeros while the store is not running: a node that starts or stops has a status too. */
  private Future<StoreStats> stats() {
    return store.ask(StoreStats::of).otherwise(notRunning -> StoreStats.NONE);
  }

  @Override
  public Map<String, Map<String, Object>> config() {
    Map<String, Map<String, Object>> shown = ConfigLoader.describe(config);
    // Tools for TiKV look here before they use the raw API and its time to live.
    Map<String, Object> storage = shown.getOrDefault("storage", Map.of());
    storage.put("api-version", 1);
    storage.put("enable-ttl", true);
    return shown;
  }

  @Override
  public Future<Optional<RegionStatus>> region(long regionId) {
    return store.ask(running -> Optional.ofNullable(running.regionStatus(regionId)));
  }

  @Override
  public List<Map<String, Object>> coprocessors() {
    return coprocessors.get();
  }

  @Override
  public Future<String> scrape() {
    return stats().compose(stats -> vertx.executeBlocking(() -> metrics.scrape(stats), false));
  }
}
