package dev.flotilla.node;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Engines;
import dev.flotilla.security.Credentials;
import dev.flotilla.server.CallObserver;
import dev.flotilla.verticle.StoreRuntime;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What the node measures. Thread-safe. */
final class NodeMetrics implements CallObserver, AutoCloseable {
  /** Bounds of the buckets of call durations. */
  private static final Duration[] BUCKETS =
      List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final Duration[] SYNC_BUCKETS =
      LongStream.of(100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
          .mapToObj(micros -> Duration.ofNanos(1_000 * micros))
          .toArray(Duration[]::new);

  /** Those that each column family has by itself, so that their sum means something. */
  private static final List<String> ROCKSDB =
      List.of(
          "estimate-num-keys",
          "live-sst-files-size",
          "cur-size-all-mem-tables",
          "estimate-table-readers-mem",
          "estimate-pending-compaction-bytes",
          "num-immutable-mem-table",
          "mem-table-flush-pending",
          "compaction-pending");

  private record Call(String method, String outcome) {}

  private record Counted(String pluginId, String className) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Timer syncs =
      Timer.builder("flotilla.raft.log.sync")
          .description("Synced writes of the raft log; meanwhile the store loop stands still")
          .serviceLevelObjectives(SYNC_BUCKETS)
          .register(registry);
  private final Map<Call, Timer> calls = new ConcurrentHashMap<>();

  /** Coprocessors that have their counters, which a registry warns of when they come twice. */
  private final Set<Counted> counted = ConcurrentHashMap.newKeySet();

  private volatile StoreStats store = StoreStats.NONE;

  private volatile @Nullable CoprocessorHost coprocessors;

  NodeMetrics(StoreRuntime runtime) {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
    gauge("flotilla.store.regions", "Replicas of users' regions", StoreStats::regions);
    gauge("flotilla.store.leaders", "Those of them that lead", StoreStats::leaders);
    gauge("flotilla.store.hibernating", "Those of them that hibernate", StoreStats::hibernating);
    gauge("flotilla.raft.last.index.sum", "Last log index, of all replicas", StoreStats::lastIndex);
    gauge(
        "flotilla.raft.unapplied",
        "Entries logged but not applied, of all replicas",
        StoreStats::unapplied);
    gauge(
        "flotilla.store.quarantined",
        "Replicas out of service because their data is wrong",
        StoreStats::quarantined);
    gauge(
        "flotilla.store.disputed",
        "Replicas out of service because nobody can tell whose data is right",
        StoreStats::disputed);
    FunctionCounter.builder("flotilla.raft.log.syncs", this, self -> self.store.logSyncs())
        .description("Synced writes of the raft log")
        .register(registry);
    Gauge.builder("flotilla.store.queue", runtime, StoreRuntime::storeQueueSize)
        .description("Messages that wait for the store loop")
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<StoreStats> value) {
    Gauge.builder(name, this, self -> value.applyAsDouble(self.store))
        .description(description)
        .register(registry);
  }

  /** Tells from now on how long our certificate is valid. */
  void onCredentials(Credentials credentials) {
    Gauge.builder(
            "flotilla.certificate.expiry.seconds",
            credentials,
            shown -> shown.expiry().getEpochSecond())
        .description("When the certificate of this node expires, in seconds since 1970")
        .register(registry);
  }

  /** Tells from now on how much space is left. */
  void onDisk(DiskWatch disk) {
    Gauge.builder("flotilla.store.disk.usage", disk, shown -> shown.usage().getNumber())
        .description("0, 1 while no new data is taken for want of space, 2 while no writes are")
        .register(registry);
  }

  /** Measures the databases from now on. */
  void onOpened(Engines engines) {
    bind("kv", engines.kv());
    bind("raft", engines.raft());
    Gauge.builder(
            "flotilla.rocksdb.block.cache.usage",
            engines.raft(),
            raft -> read(raft, "rocksdb.block-cache-usage"))
        .description("Bytes of the block cache that both databases share")
        .register(registry);
  }

  /** The raft log was synced. */
  void onSynced(long nanos) {
    syncs.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Tells from now on what came of calls of the coprocessors that are active at the time. */
  void onCoprocessors(CoprocessorHost host) {
    coprocessors = host;
  }

  /** What has gone since counts nothing. */
  private void count(CoprocessorHost host) {
    for (CoprocessorStatus one : host.status()) {
      if (one.state() == CoprocessorStatus.State.ACTIVE
          && counted.add(new Counted(one.pluginId(), one.className()))) {
        count(host, one, "calls", "Calls of hooks", CoprocessorStatus::calls);
        count(host, one, "rejections", "Refused commands", CoprocessorStatus::rejections);
        count(host, one, "failures", "Calls that threw", CoprocessorStatus::failures);
        count(host, one, "alterations", "Altered commands", CoprocessorStatus::alterations);
      }
    }
  }

  private void count(
      CoprocessorHost host,
      CoprocessorStatus counted,
      String what,
      String description,
      ToLongFunction<CoprocessorStatus> value) {
    FunctionCounter.builder(
            "flotilla.coprocessor." + what,
            host,
            self ->
                self.status().stream()
                    .filter(one -> one.pluginId().equals(counted.pluginId()))
                    .filter(one -> one.className().equals(counted.className()))
                    .mapToLong(value)
                    .sum())
        .description(description)
        .tag("plugin", counted.pluginId())
        .tag("class", counted.className())
        .register(registry);
  }

  private void bind(String db, Engine engine) {
    for (String property : ROCKSDB) {
      Gauge.builder(
              "flotilla.rocksdb." + property.replace('-', '.'),
              engine,
              self -> read(self, "rocksdb." + property))
          .description("RocksDB's " + property)
          .tag("db", db)
          .register(registry);
    }
  }

  private static double read(Engine engine, String property) {
    try {
      var value = engine.property(property);
      return value.isPresent() ? value.getAsLong() : Double.NaN;
    } catch (IllegalStateException closed) {
      return Double.NaN;
    }
  }

  @Override
  public void onAnswered(String method, String outcome, long nanos) {
    calls
        .computeIfAbsent(new Call(method, outcome), call -> timer(call, registry))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private static Timer timer(Call call, MeterRegistry registry) {
    return Timer.builder("flotilla.grpc.calls")
        .description("Answered calls")
        .tag("method", call.method())
        .tag("outcome", call.outcome())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** Everything in the text format of Prometheus; reads the databases, so it may block. */
  String scrape(StoreStats stats) {
    store = stats;
    CoprocessorHost host = coprocessors;
    if (host != null) {
      count(host);
    }
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
