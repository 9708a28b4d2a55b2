package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.config.HostPort;
import dev.flotilla.connection.Opening;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keys and values of a cluster, over one connection a store. Remembers where regions are until a
 * request is refused. Thread-safe; futures fail with {@link ClientException}.
 */
public final class ClusterClient {
  private static final long MESSAGE_BYTES_MAX = 256L << 20;

  private final List<GrpcClient> connections;
  private final PlacementClient placement;
  private final Duration timeout;
  private final Patience patience;
  private final Function<SocketAddress, StoreCalls> calls;

  /** By address, which a store may change. */
  private final Map<String, StoreCalls> stores = new ConcurrentHashMap<>();

  /** By first key. */
  private final ConcurrentSkipListMap<ByteString, Route> routes =
      new ConcurrentSkipListMap<>(ByteString.unsignedLexicographicalComparator());

  private ClusterClient(
      List<GrpcClient> connections,
      PlacementClient placement,
      Duration timeout,
      Patience patience,
      Function<SocketAddress, StoreCalls> calls) {
    this.connections = connections;
    this.placement = placement;
    this.timeout = timeout;
    this.patience = patience;
    this.calls = calls;
  }

  /** Finds a cluster whose connections are not encrypted. */
  public static Future<ClusterClient> connect(
      Vertx vertx, List<HostPort> drivers, Duration timeout) {
    return connect(vertx, drivers, timeout, Optional.empty());
  }

  /**
   * Finds the cluster.
   *
   * @param drivers where placement drivers may be, in the order to ask
   * @param timeout of each request
   * @param credentials encrypt all connections, if given
   */
  public static Future<ClusterClient> connect(
      Vertx vertx, List<HostPort> drivers, Duration timeout, Optional<Credentials> credentials) {
    return connect(vertx, drivers, timeout, Patience.none(vertx), credentials);
  }

  /**
   * As {@link #connect}; what is refused for now only, while a leader is elected, say, is tried
   * again.
   *
   * @param timeout of each try; none begins later than this after the first one of a request
   */
  public static Future<ClusterClient> connectPatiently(
      Vertx vertx, List<HostPort> drivers, Duration timeout, Optional<Credentials> credentials) {
    return connect(vertx, drivers, timeout, Patience.of(vertx, timeout), credentials);
  }

  private static Future<ClusterClient> connect(
      Vertx vertx,
      List<HostPort> drivers,
      Duration timeout,
      Patience patience,
      Optional<Credentials> credentials) {
    GrpcClient grpc = grpc(vertx, timeout, credentials, withDeadline(timeout));
    return PlacementClient.find(grpc, drivers, timeout, patience)
        .map(
            found ->
                new ClusterClient(
                    List.of(grpc),
                    found,
                    timeout,
                    patience,
                    address -> new SingleCalls(grpc, address, timeout)));
  }

  /**
   * As {@link #connect}, with requests for keys in batches, over one stream a store. For use on the
   * event loop that calls this.
   *
   * @param timeout of each request to the driver; of silence on a stream while answers are awaited
   */
  public static Future<ClusterClient> connectBatched(
      Vertx vertx, List<HostPort> drivers, Duration timeout, Optional<Credentials> credentials) {
    GrpcClient grpc = grpc(vertx, timeout, credentials, withDeadline(timeout));
    GrpcClient streams = grpc(vertx, timeout, credentials, new GrpcClientOptions());
    Patience patience = Patience.none(vertx);
    return PlacementClient.find(grpc, drivers, timeout, patience)
        .map(
            found ->
                new ClusterClient(
                    List.of(grpc, streams),
                    found,
                    timeout,
                    patience,
                    address -> new BatchedCalls(vertx, streams, address, timeout)));
  }

  private static GrpcClientOptions withDeadline(Duration timeout) {
    return new GrpcClientOptions()
        .setScheduleDeadlineAutomatically(true)
        .setTimeoutUnit(TimeUnit.MILLISECONDS)
        .setTimeout((int) timeout.toMillis());
  }

  /** Calls nodes. A connection that brings nothing for so long was forgotten on its way. */
  static GrpcClient grpc(
      Vertx vertx, Duration timeout, Optional<Credentials> credentials, GrpcClientOptions options) {
    HttpClientOptions http =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setTcpNoDelay(true)
            .setConnectTimeout((int) timeout.toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setReadIdleTimeout((int) (2 * timeout.toMillis()));
    credentials.ifPresent(shown -> shown.protect(http));
    return GrpcClient.client(vertx, options.setMaxMessageSize(MESSAGE_BYTES_MAX), http);
  }

  /** Questions to the placement driver. */
  public PlacementClient placement() {
    return placement;
  }

  /** Reads one key; empty when it is absent. */
  public Future<Optional<ByteString>> get(ByteString key) {
    return patience
        .read(
            () ->
                ask(
                    key,
                    route ->
                        route
                            .calls()
                            .get(
                                RawGetRequest.newBuilder()
                                    .setContext(route.context())
                                    .setKey(key)
                                    .build()),
                    RawGetResponse::getRegionError,
                    RawGetResponse::getError))
        .map(
            response ->
                response.getNotFound() ? Optional.empty() : Optional.of(response.getValue()));
  }

  /** Writes one key; completes when the write is durable. */
  public Future<Void> put(ByteString key, ByteString value) {
    return put(key, value, 0);
  }

  /**
   * As {@link #put(ByteString, ByteString)}, for a time.
   *
   * @param ttlSeconds after which the key is absent; 0 for never
   */
  public Future<Void> put(ByteString key, ByteString value, long ttlSeconds) {
    return patience
        .write(
            () ->
                ask(
                    key,
                    route ->
                        route
                            .calls()
                            .put(
                                RawPutRequest.newBuilder()
                                    .setContext(route.context())
                                    .setKey(key)
                                    .setValue(value)
                                    .setTtl(ttlSeconds)
                                    .build()),
                    RawPutResponse::getRegionError,
                    RawPutResponse::getError))
        .mapEmpty();
  }

  /** Deletes one key, which may be absent; completes when that is durable. */
  public Future<Void> delete(ByteString key) {
    return patience
        .write(
            () ->
                ask(
                    key,
                    route ->
                        route
                            .calls()
                            .delete(
                                RawDeleteRequest.newBuilder()
                                    .setContext(route.context())
                                    .setKey(key)
                                    .build()),
                    RawDeleteResponse::getRegionError,
                    RawDeleteResponse::getError))
        .mapEmpty();
  }

  /** Reads at most {@code limit} pairs from {@code start} on, over as many regions as it takes. */
  public Future<List<KvPair>> scan(ByteString start, int limit) {
    return scan(start, ByteString.EMPTY, limit);
  }

  /** As {@link #scan(ByteString, int)}, of keys before {@code end} only, if that is not empty. */
  public Future<List<KvPair>> scan(ByteString start, ByteString end, int limit) {
    return scan(start, end, limit, new ArrayList<>());
  }

  private Future<List<KvPair>> scan(
      ByteString start, ByteString end, int limit, List<KvPair> found) {
    return patience
        .read(() -> route(start).compose(route -> scan(route, start, end, limit - found.size())))
        .compose(
            scanned -> {
              found.addAll(scanned.pairs());
              return found.size() >= limit || scanned.isLast(end)
                  ? Future.succeededFuture(found)
                  : scan(scanned.next(), end, limit, found);
            });
  }

  /**
   * Pairs of one region, up to its end unless there are as many as were asked for.
   *
   * @param next where the next region begins; empty after the last one
   */
  private record Scanned(List<KvPair> pairs, ByteString next) {
    boolean isLast(ByteString end) {
      return next.isEmpty() || (!end.isEmpty() && Regions.compare(next, end) >= 0);
    }
  }

  private Future<Scanned> scan(Route route, ByteString start, ByteString end, int limit) {
    return call(
            route,
            route
                .calls()
                .scan(
                    RawScanRequest.newBuilder()
                        .setContext(route.context())
                        .setStartKey(start)
                        .setEndKey(end)
                        .setLimit(limit)
                        .build()),
            RawScanResponse::getRegionError,
            response -> "")
        .map(response -> new Scanned(response.getKvsList(), route.region().getEndKey()));
  }

  /** Finds out where {@code key} is, so that the first requests for it need not all ask. */
  public Future<Void> locate(ByteString key) {
    return route(key).mapEmpty();
  }

  /** Asks the node of the placement driver for its health, which costs it nothing but the call. */
  public Future<Void> check() {
    return placement
        .health(HealthCheckRequest.getDefaultInstance())
        .recover(
            failure -> Future.failedFuture(NoAnswer.of("the placement driver", failure, timeout)))
        .mapEmpty();
  }

  private Future<Route> route(ByteString key) {
    Map.Entry<ByteString, Route> known = routes.floorEntry(key);
    if (known != null && known.getValue().contains(key)) {
      return Future.succeededFuture(known.getValue());
    }
    return placement
        .region(key)
        .compose(
            found ->
                found.hasLeader()
                    ? placement
                        .store(found.getLeader().getStoreId())
                        .map(store -> route(found, store))
                    : Future.failedFuture(
                        ClientException.notNow(
                            "region " + found.getRegion().getId() + " has no leader now")))
        .onSuccess(route -> routes.put(route.region().getStartKey(), route));
  }

  private Route route(GetRegionResponse found, Store store) {
    return new Route(
        found.getRegion(),
        found.getLeader(),
        store,
        stores.computeIfAbsent(store.getAddress(), this::callsTo));
  }

  private StoreCalls callsTo(String storeAddress) {
    HostPort address = HostPort.parse(storeAddress);
    return calls.apply(Opening.at(address.host(), address.port()));
  }

  /** One request to the leader of the region of {@code key}. */
  private <R> Future<R> ask(
      ByteString key,
      Function<Route, Future<R>> request,
      Function<R, Error> regionError,
      Function<R, String> textError) {
    return route(key).compose(route -> call(route, request.apply(route), regionError, textError));
  }

  private <R> Future<R> call(
      Route route, Future<R> call, Function<R, Error> regionError, Function<R, String> textError) {
    return call.recover(
            failure -> {
              // Whoever was there may be gone.
              routes.remove(route.region().getStartKey(), route);
              return Future.failedFuture(NoAnswer.of(route.store().getAddress(), failure, timeout));
            })
        .map(
            response -> {
              Error error = regionError.apply(response);
              if (!error.equals(Error.getDefaultInstance())) {
                routes.remove(route.region().getStartKey(), route);
                throw refusal(error);
              }
              String text = textError.apply(response);
              if (!text.isEmpty()) {
                throw ClientException.refused(text);
              }
              return response;
            });
  }

  private static ClientException refusal(Error error) {
    // An error that is only words leaves open what became of the request, as does the one for it.
    boolean unknown =
        error.hasUndeterminedResult()
            || error.toBuilder().clearMessage().build().equals(Error.getDefaultInstance());
    if (unknown) {
      return ClientException.unknown(error.getMessage());
    }
    return isOfTheMoment(error)
        ? ClientException.notNow(error.getMessage())
        : ClientException.refused(error.getMessage());
  }

  /** The region is led elsewhere, has changed or is just changing: it is looked for anew. */
  private static boolean isOfTheMoment(Error error) {
    return error.hasNotLeader()
        || error.hasRegionNotFound()
        || error.hasKeyNotInRegion()
        || error.hasEpochNotMatch()
        || error.hasServerIsBusy()
        || error.hasStaleCommand()
        || error.hasStoreNotMatch()
        || error.hasReadIndexNotReady()
        || error.hasRegionNotInitialized();
  }

  /** Closes the connections. */
  public Future<Void> close() {
    return Future.all(connections.stream().map(GrpcClient::close).toList()).mapEmpty();
  }
}
