package dev.flotilla.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.RegionTree;
import dev.flotilla.pd.SafePoints;
import dev.flotilla.proto.metapb.Cluster;
import dev.flotilla.proto.metapb.Store;
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
import dev.flotilla.proto.pdpb.UpdateGCSafePointResponse;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code pdpb.PD}: what clients ask a placement driver. */
final class PdService {
  private final Placement placement;
  private final UnaryCalls calls;
  private final TsoStreams tso;

  PdService(Placement placement, UnaryCalls calls) {
    this.placement = placement;
    this.calls = calls;
    this.tso = new TsoStreams(placement);
  }

  /** Asks the driver and turns its answer into a response; failures become a header's error. */
  private interface Question<P, R> {
    void ask(PlacementDriver driver, P request, Call<R> call);
  }

  /** A call on its way through the driver. */
  private record Call<R>(UnaryCall<R> call, long clusterId, Function<ResponseHeader, R> failure) {
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

  void bind(GrpcServer server) {
    // A client that does not know the cluster yet asks this first, so its id is not checked.
    bind(
        server,
        PDGrpcService.GetMembers,
        request -> null,
        header -> GetMembersResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) -> call.call().done(members(driver, call.header())));
    bind(
        server,
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
    bindStores(server);
    bindRegions(server);
    bindSafePoints(server);
    bind(
        server,
        PDGrpcService.AllocID,
        request -> request.getHeader(),
        header -> AllocIDResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.allocate(
                1,
                call.answer(
                    id ->
                        AllocIDResponse.newBuilder().setHeader(call.header()).setId(id).build())));
    tso.bind(server);
  }

  private void bindStores(GrpcServer server) {
    bind(
        server,
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
    bind(
        server,
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
    bind(
        server,
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

  private void bindRegions(GrpcServer server) {
    bind(
        server,
        PDGrpcService.GetRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionKey())));
    bind(
        server,
        PDGrpcService.GetPrevRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.before(request.getRegionKey())));
    bind(
        server,
        PDGrpcService.GetRegionByID,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionId())));
    bind(
        server,
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

  private void bindSafePoints(GrpcServer server) {
    bind(
        server,
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
    bind(
        server,
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
    bind(
        server,
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

  private static GetMembersResponse members(PlacementDriver driver, ResponseHeader header) {
    Store self = driver.self();
    Member member =
        Member.newBuilder()
            .setName("store-" + self.getId())
            .setMemberId(self.getId())
            .addClientUrls("http://" + self.getAddress())
            .addPeerUrls("http://" + self.getPeerAddress())
            .build();
    GetMembersResponse.Builder response =
        GetMembersResponse.newBuilder().setHeader(header).addMembers(member);
    if (driver.isReady()) {
      response.setLeader(member).setEtcdLeader(member);
    }
    return response.build();
  }

  private <P extends MessageLite, R> void bind(
      GrpcServer server,
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {
    calls.bind(
        server,
        method,
        error -> failure.apply(PdHeaders.error(0, ErrorType.UNKNOWN, error.getMessage())),
        (request, call) -> {
          RequestHeader header = headerOf.apply(request);
          boolean taken =
              placement.submit(
                  driver -> {
                    long clusterId = driver.clusterId();
                    if (header != null && header.getClusterId() != clusterId) {
                      call.fail(
                          GrpcStatus.FAILED_PRECONDITION,
                          "mismatch cluster id, need "
                              + Long.toUnsignedString(clusterId)
                              + " but got "
                              + Long.toUnsignedString(header.getClusterId()));
                      return;
                    }
                    question.ask(driver, request, new Call<>(call, clusterId, failure));
                  });
          if (!taken) {
            call.fail(GrpcStatus.RESOURCE_EXHAUSTED, "placement driver is busy");
          }
        });
  }
}
