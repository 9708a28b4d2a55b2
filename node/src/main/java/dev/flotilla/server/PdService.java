package dev.flotilla.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.RegionTree;
import dev.flotilla.pd.SafePoints;
import dev.flotilla.proto.metapb.Cluster;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.AllocIDResponse;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.GetAllStoresResponse;
import dev.flotilla.proto.pdpb.GetClusterConfigResponse;
import dev.flotilla.proto.pdpb.GetGCSafePointResponse;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.proto.pdpb.GetStoreResponse;
import dev.flotilla.proto.pdpb.IsBootstrappedResponse;
import dev.flotilla.proto.pdpb.Member;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.Region;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ResponseHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import dev.flotilla.proto.pdpb.ScanRegionsResponse;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import dev.flotilla.proto.pdpb.UpdateGCSafePointResponse;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code pdpb.PD}: what clients ask a placement driver. */
final class PdService {
  private final Placement placement;
  private final Map<String, Method<?, ?>> methods = new LinkedHashMap<>();

  PdService(Placement placement) {
    this.placement = placement;
    add();
  }

  /** One request of a stream; streams end at the node that has the client. */
  private final Method<TsoRequest, TsoResponse> tso =
      new Method<>(
          PDGrpcService.Tso,
          TsoRequest::getHeader,
          header -> TsoResponse.newBuilder().setHeader(header).build(),
          (driver, request, call) ->
              driver.timestamps(
                  request.getCount(),
                  TsoStreams.answer(
                      driver.clusterId(),
                      request.getCount(),
                      response -> call.call().done(response))));

  /** A method of PD. */
  private record Method<P extends MessageLite, R>(
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {}

  /** Asks the driver and turns its answer into a response; failures become a header's error. */
  private interface Question<P, R> {
    void ask(PlacementDriver driver, P request, Call<R> call);
  }

  /** A call on its way through the driver. */
  private record Call<R>(PdReply<R> call, long clusterId, Function<ResponseHeader, R> failure) {
    ResponseHeader header() {
      return PdHeaders.ok(clusterId);
    }

    <A> Answer<A> answer(Function<A, R> response) {
      return new Answer<>() {
        @Override
        public void done(A value) {
          call.done(response.apply(value));
        }

        @Override
        public void unavailable(String reason) {
          call.done(failure.apply(PdHeaders.error(clusterId, ErrorType.UNKNOWN, reason)));
        }
      };
    }
  }

  /** Serves clients. */
  void bind(GrpcServer server, UnaryCalls calls) {
    methods.values().forEach(method -> bind(server, calls, method));
    new TsoStreams(placement).bind(server);
  }

  private <P extends MessageLite, R> void bind(
      GrpcServer server, UnaryCalls calls, Method<P, R> method) {
    calls.bind(
        server,
        method.method(),
        error -> method.failure().apply(PdHeaders.error(0, ErrorType.UNKNOWN, error.getMessage())),
        (request, call) -> {
          if (placement.isHere()) {
            ask(method, request, call);
          } else {
            relay(method, request, call);
          }
        });
  }

  /** Asks the driver of this node. */
  private <P extends MessageLite, R> void ask(Method<P, R> method, P request, PdReply<R> reply) {
    RequestHeader header = method.headerOf().apply(request);
    boolean taken =
        placement.submit(
            driver -> {
              long clusterId = driver.clusterId();
              if (header != null && header.getClusterId() != clusterId) {
                reply.fail(
                    GrpcStatus.FAILED_PRECONDITION,
                    "mismatch cluster id, need "
                        + Long.toUnsignedString(clusterId)
                        + " but got "
                        + Long.toUnsignedString(header.getClusterId()));
                return;
              }
              method
                  .question()
                  .ask(driver, request, new Call<>(reply, clusterId, method.failure()));
            });
    if (!taken) {
      reply.fail(GrpcStatus.RESOURCE_EXHAUSTED, "placement driver is busy");
    }
  }

  private <P extends MessageLite, R> void relay(Method<P, R> method, P request, PdReply<R> reply) {
    placement
        .relay(method.method().fullMethodName(), request.toByteArray())
        .onComplete(
            response -> reply.done(parse(method, response)),
            failure -> PdRelay.fail(failure, method.failure(), reply));
  }

  /** The response that another node sent. */
  @SuppressWarnings("unchecked") // a message's parser makes messages of its type
  private static <P extends MessageLite, R> R parse(Method<P, R> method, byte[] response) {
    MessageLite sample = (MessageLite) method.failure().apply(ResponseHeader.getDefaultInstance());
    try {
      return (R) sample.getParserForType().parseFrom(response);
    } catch (InvalidProtocolBufferException e) {
      return method
          .failure()
          .apply(PdHeaders.error(0, ErrorType.UNKNOWN, "the driver's answer cannot be read"));
    }
  }

  /**
   * Answers a request that another node has relayed; this node's driver is asked whether it drives
   * or not, so that requests never go in circles.
   */
  void onRelayed(String name, byte[] request, PdReply<byte[]> reply) {
    Method<?, ?> method = name.equals(tso.method().fullMethodName()) ? tso : methods.get(name);
    if (method == null) {
      reply.fail(GrpcStatus.UNIMPLEMENTED, "there is no method " + name);
    } else {
      onRelayed(method, request, reply);
    }
  }

  private <P extends MessageLite, R> void onRelayed(
      Method<P, R> method, byte[] request, PdReply<byte[]> reply) {
    P message;
    try {
      message =
          method.method().decoder().decode(GrpcMessage.message("identity", Buffer.buffer(request)));
    } catch (CodecException e) {
      reply.fail(GrpcStatus.INVALID_ARGUMENT, "malformed message");
      return;
    }
    ask(
        method,
        message,
        new PdReply<R>() {
          @Override
          public void done(R response) {
            reply.done(((MessageLite) response).toByteArray());
          }

          @Override
          public void fail(GrpcStatus status, String text) {
            reply.fail(status, text);
          }
        });
  }

  private void add() {
    // A client that does not know the cluster yet asks this first, so its id is not checked.
    add(
        PDGrpcService.GetMembers,
        request -> null,
        header -> GetMembersResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) -> members(driver, call));
    add(
        PDGrpcService.IsBootstrapped,
        request -> null,
        header -> IsBootstrappedResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            call.call()
                .done(
                    IsBootstrappedResponse.newBuilder()
                        .setHeader(call.header())
                        .setBootstrapped(true)
                        .build()));
    addStores();
    addRegions();
    addSafePoints();
    add(
        PDGrpcService.AllocID,
        request -> request.getHeader(),
        header -> AllocIDResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.allocate(
                1,
                call.answer(
                    id ->
                        AllocIDResponse.newBuilder().setHeader(call.header()).setId(id).build())));
  }

  private void addStores() {
    add(
        PDGrpcService.GetStore,
        request -> request.getHeader(),
        header -> GetStoreResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.stores(
                new Answer<>() {
                  @Override
                  public void done(List<Store> stores) {
                    for (Store store : stores) {
                      if (store.getId() == request.getStoreId()) {
                        call.call()
                            .done(
                                GetStoreResponse.newBuilder()
                                    .setHeader(call.header())
                                    .setStore(store)
                                    .build());
                        return;
                      }
                    }
                    // The one failure that clients do not retry.
                    call.call()
                        .fail(GrpcStatus.UNKNOWN, "invalid store ID " + request.getStoreId());
                  }

                  @Override
                  public void unavailable(String reason) {
                    call.<List<Store>>answer(stores -> GetStoreResponse.getDefaultInstance())
                        .unavailable(reason);
                  }
                }));
    add(
        PDGrpcService.GetAllStores,
        request -> request.getHeader(),
        header -> GetAllStoresResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.stores(
                call.answer(
                    stores ->
                        GetAllStoresResponse.newBuilder()
                            .setHeader(call.header())
                            .addAllStores(stores)
                            .build())));
    add(
        PDGrpcService.GetClusterConfig,
        request -> request.getHeader(),
        header -> GetClusterConfigResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.cluster(
                call.answer(
                    (Cluster cluster) ->
                        GetClusterConfigResponse.newBuilder()
                            .setHeader(call.header())
                            .setCluster(cluster)
                            .build())));
  }

  private void addRegions() {
    add(
        PDGrpcService.GetRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionKey())));
    add(
        PDGrpcService.GetPrevRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.before(request.getRegionKey())));
    add(
        PDGrpcService.GetRegionByID,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionId())));
    add(
        PDGrpcService.ScanRegions,
        request -> request.getHeader(),
        header -> ScanRegionsResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.route(
                regions -> scan(regions, request),
                call.answer(routes -> scanned(routes, call.header()))));
  }

  private static List<RegionTree.Route> scan(RegionTree regions, ScanRegionsRequest request) {
    return Edge.isReserved(request.getStartKey())
        ? List.of()
        : regions.scan(request.getStartKey(), request.getEndKey(), request.getLimit());
  }

  private static ScanRegionsResponse scanned(List<RegionTree.Route> routes, ResponseHeader header) {
    ScanRegionsResponse.Builder response = ScanRegionsResponse.newBuilder().setHeader(header);
    for (RegionTree.Route route : routes) {
      if (Edge.isVisible(route.region())) {
        response.addRegionMetas(Edge.out(route.region()));
        response.addLeaders(route.leader());
        response.addRegions(
            Region.newBuilder().setRegion(Edge.out(route.region())).setLeader(route.leader()));
      }
    }
    return response.build();
  }

  /** A region that nobody has is told by leaving it out, as PD does. */
  private static void route(
      PlacementDriver driver,
      Call<GetRegionResponse> call,
      Function<RegionTree, RegionTree.@Nullable Route> question) {
    driver.route(
        regions -> {
          GetRegionResponse.Builder response =
              GetRegionResponse.newBuilder().setHeader(call.header());
          RegionTree.Route route = question.apply(regions);
          if (route != null && Edge.isVisible(route.region())) {
            response.setRegion(Edge.out(route.region())).setLeader(route.leader());
          }
          return response.build();
        },
        call.answer(response -> response));
  }

  private void addSafePoints() {
    add(
        PDGrpcService.GetGCSafePoint,
        request -> request.getHeader(),
        header -> GetGCSafePointResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.gcSafePoint(
                call.answer(
                    safePoint ->
                        GetGCSafePointResponse.newBuilder()
                            .setHeader(call.header())
                            .setSafePoint(safePoint)
                            .build())));
    add(
        PDGrpcService.UpdateGCSafePoint,
        request -> request.getHeader(),
        header -> UpdateGCSafePointResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.updateGcSafePoint(
                request.getSafePoint(),
                call.answer(
                    safePoint ->
                        UpdateGCSafePointResponse.newBuilder()
                            .setHeader(call.header())
                            .setNewSafePoint(safePoint)
                            .build())));
    add(
        PDGrpcService.UpdateServiceGCSafePoint,
        UpdateServiceGCSafePointRequest::getHeader,
        header -> UpdateServiceGCSafePointResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.updateServiceSafePoint(
                request.getServiceId().toStringUtf8(),
                request.getTTL(),
                request.getSafePoint(),
                call.answer(minimum -> serviceSafePoint(minimum, call.header()))));
  }

  private static UpdateServiceGCSafePointResponse serviceSafePoint(
      SafePoints.Minimum minimum, ResponseHeader header) {
    return UpdateServiceGCSafePointResponse.newBuilder()
        .setHeader(header)
        .setServiceId(ByteString.copyFromUtf8(minimum.service()))
        .setMinSafePoint(minimum.safePoint())
        .setTTL(minimum.ttlSeconds())
        .build();
  }

  /** All stores are members, for any of them answers; the driver's is the leader. */
  private static void members(PlacementDriver driver, Call<GetMembersResponse> call) {
    Member self = member(driver.self());
    driver.stores(
        new Answer<>() {
          @Override
          public void done(List<Store> stores) {
            GetMembersResponse.Builder response =
                GetMembersResponse.newBuilder().setHeader(call.header());
            for (Store store : stores) {
              if (store.getState() != StoreState.Tombstone) {
                response.addMembers(member(store));
              }
            }
            if (driver.isReady()) {
              response.setLeader(self).setEtcdLeader(self);
            }
            call.call().done(response.build());
          }

          @Override
          public void unavailable(String reason) {
            call.call()
                .done(
                    GetMembersResponse.newBuilder()
                        .setHeader(call.header())
                        .addMembers(self)
                        .build());
          }
        });
  }

  private static Member member(Store store) {
    return Member.newBuilder()
        .setName("store-" + store.getId())
        .setMemberId(store.getId())
        .addClientUrls("http://" + store.getAddress())
        .addPeerUrls("http://" + store.getPeerAddress())
        .build();
  }

  private <P extends MessageLite, R> void add(
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {
    methods.put(method.fullMethodName(), new Method<>(method, headerOf, failure, question));
  }
}
