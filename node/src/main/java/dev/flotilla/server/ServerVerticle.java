package dev.flotilla.server;

import dev.flotilla.connection.FlushBatching;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.RegionSplits;
import dev.flotilla.raftstore.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of the client port: TiKV, PD and health over gRPC. Several instances share
 * one port.
 */
public final class ServerVerticle extends VerticleBase {
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

  /** Above what a client of ten thousand calls at once may send. */
  private static final int RESETS_MAX = 20_000;

  private final ServerOptions options;
  private final Services services;
  private @Nullable HttpServer server;
  private @Nullable UnaryCalls calls;
  private @Nullable CallTracker tracker;

  /**
   * What the port serves.
   *
   * @param kv key-value operations
   * @param splits cuts of regions
   * @param placement the way to the placement driver
   * @param snapshots receives snapshots of other stores
   * @param imports pairs that wait for being taken in
   * @param serving whether the node serves requests
   * @param clock for deadlines
   * @param observer told of answered calls
   */
  public record Services(
      RawKv kv,
      RegionSplits splits,
      Placement placement,
      SnapReceiver snapshots,
      ImportFolder imports,
      BooleanSupplier serving,
      Clock clock,
      CallObserver observer) {}

  public ServerVerticle(ServerOptions options, Services services) {
    this.options = options;
    this.services = services;
  }

  @Override
  public Future<?> start() {
    GrpcServer grpc =
        GrpcServer.server(
            vertx, new GrpcServerOptions().setMaxMessageSize(options.messageBytesMax()));
    CallTracker callTracker =
        new CallTracker(vertx, context, services.clock(), options.inFlightBytesMax());
    UnaryCalls unary = new UnaryCalls(callTracker, services.clock(), services.observer());
    RawMethods methods = new RawMethods(services.kv());
    RegionCutter cutter = new RegionCutter(services.splits(), vertx, context);
    new KvService(methods, cutter, unary).bind(grpc);
    PdRelay.methodsOf(services.placement()).bind(grpc, unary);
    new TsoStreams(services.placement()).bind(grpc);
    new BatchStreams(methods, callTracker, unary, services.clock(), services.observer()).bind(grpc);
    new ImportService(services.imports(), services.kv(), services.splits(), vertx, context)
        .bind(grpc, unary);
    services.snapshots().bind(grpc, vertx);
    new HealthService(services.serving(), vertx).bind(grpc);
    tracker = callTracker;
    calls = unary;
    HttpServer http =
        vertx
            .createHttpServer(httpOptions())
            .connectionHandler(FlushBatching::install)
            .requestHandler(grpc);
    server = http;
    return http.listen();
  }

  private HttpServerOptions httpOptions() {
    HttpServerOptions http =
        new HttpServerOptions()
            .setHost(options.host())
            .setPort(options.port())
            .setTcpNoDelay(true)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setIdleTimeout((int) options.idleTimeout().toMillis())
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
            .setHttp2RstFloodWindowDuration(1)
            .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
            .setHttp2RstFloodMaxRstFramePerWindow(resetsMax(options.concurrentStreamsMax()))
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(options.concurrentStreamsMax())
                    .setInitialWindowSize(STREAM_WINDOW_BYTES));
    options.credentials().ifPresent(shown -> shown.protect(http));
    return http;
  }

  /**
   * Resets that one connection may send a second, up to a number that is an attack for sure.
   *
   * <p>A client whose deadlines pass gives up all of its calls at once, and each a second time when
   * its answer comes yet: that is no attack, which the 200 resets in half a minute that Vert.x
   * allows take it for, and no reason to cut the connection and fail the client's other calls.
   */
  private static int resetsMax(int concurrentStreamsMax) {
    return Math.max(200, Math.min(RESETS_MAX, 2 * concurrentStreamsMax));
  }

  /** The port that is listened on, when 0 was asked for. */
  public int actualPort() {
    HttpServer http = server;
    if (http == null) {
      throw new IllegalStateException("not started");
    }
    return http.actualPort();
  }

  /** Refuses new calls and waits, for a while, for those accepted. */
  @Override
  public Future<?> stop() {
    HttpServer http = server;
    if (calls == null || tracker == null || http == null) {
      return Future.succeededFuture();
    }
    calls.refuseNew();
    Promise<Void> drained = Promise.promise();
    tracker.drain(drained);
    // A timer takes at least a millisecond.
    long drainMillis = Math.max(1, options.drainTimeout().toMillis());
    long timer = vertx.setTimer(drainMillis, id -> drained.tryComplete());
    return drained
        .future()
        .onComplete(done -> vertx.cancelTimer(timer))
        .compose(done -> http.close());
  }
}
