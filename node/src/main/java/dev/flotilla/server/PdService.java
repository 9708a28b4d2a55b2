package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.config.SettingText;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.RegionTree;
import dev.flotilla.pd.SafePoints;
import dev.flotilla.proto.metapb.Cluster;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.AllocIDResponse;
import dev.flotilla.proto.pdpb.GetAllStoresResponse;
import dev.flotilla.proto.pdpb.GetClusterConfigResponse;
import dev.flotilla.proto.pdpb.GetGCSafePointResponse;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.GetOperatorResponse;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.proto.pdpb.GetStoreResponse;
import dev.flotilla.proto.pdpb.IsBootstrappedResponse;
import dev.flotilla.proto.pdpb.Member;
import dev.flotilla.proto.pdpb.OperatorStatus;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.Region;
import dev.flotilla.proto.pdpb.ResponseHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import dev.flotilla.proto.pdpb.ScanRegionsResponse;
import dev.flotilla.proto.pdpb.ScatterRegionResponse;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import dev.flotilla.proto.pdpb.UpdateGCSafePointResponse;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.flotilla.proto.pdpb.UpdateServiceGCSafePointResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code pdpb.PD}: what clients ask a placement driver. */
final class PdService {
  /** Bytes of regions in one answer, which may go from node to node in one piece. */
  private static final long SCANNED_BYTES_MAX = 16 << 20;

  private final PdMethods methods;

  private PdService(PdMethods methods) {
    this.methods = methods;
  }

  /** Adds all methods of PD. */
  static void addTo(PdMethods methods) {
    new PdService(methods).add();
  }

  private void add() {
    methods.addRelayed(
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
    // A client that does not know the cluster yet asks this first, so its id is not checked.
    methods.add(
        PDGrpcService.GetMembers,
        request -> null,
        header -> GetMembersResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) -> members(driver, methods.scheme(), call));
    methods.add(
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
    addScattering();
    addSafePoints();
    methods.add(
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
    methods.add(
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
    methods.add(
        PDGrpcService.GetAllStores,
        request -> request.getHeader(),
        header -> GetAllStoresResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.stores(
                call.answer(
                    stores ->
                        GetAllStoresResponse.newBuilder()
                            .setHeader(call.header())
                            .addAllStores(
                                request.getExcludeTombstoneStores() ? present(stores) : stores)
                            .build())));
    methods.add(
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

  /** Those that are not gone. */
  private static List<Store> present(List<Store> stores) {
    return stores.stream().filter(store -> store.getState() != StoreState.Tombstone).toList();
  }

  private void addRegions() {
    methods.add(
        PDGrpcService.GetRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionKey())));
    methods.add(
        PDGrpcService.GetPrevRegion,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.before(request.getRegionKey())));
    methods.add(
        PDGrpcService.GetRegionByID,
        request -> request.getHeader(),
        header -> GetRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            route(driver, call, regions -> regions.find(request.getRegionId())));
    methods.add(
        PDGrpcService.ScanRegions,
        request -> request.getHeader(),
        header -> ScanRegionsResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            driver.<List<RegionTree.Route>>route(
                regions -> scan(regions, request), List.of(), scanned(call)));
  }

  /**
   * Regions are not scattered on demand: where they go is left to balancing. So every wish is taken
   * as it stands, and whoever asks what became of it hears that nothing is left to wait for.
   */
  private void addScattering() {
    methods.add(
        PDGrpcService.ScatterRegion,
        request -> request.getHeader(),
        header -> ScatterRegionResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            call.call()
                .done(
                    ScatterRegionResponse.newBuilder()
                        .setHeader(call.header())
                        .setFinishedPercentage(100)
                        .build()));
    methods.add(
        PDGrpcService.GetOperator,
        request -> request.getHeader(),
        header -> GetOperatorResponse.newBuilder().setHeader(header).build(),
        (driver, request, call) ->
            call.call()
                .done(
                    GetOperatorResponse.newBuilder()
                        .setHeader(call.header())
                        .setRegionId(request.getRegionId())
                        .setStatus(OperatorStatus.SUCCESS)
                        .build()));
  }

  private static @Nullable List<RegionTree.Route> scan(
      RegionTree regions, ScanRegionsRequest request) {
    return Edge.isReserved(request.getStartKey())
        ? List.of()
        : regions.scan(request.getStartKey(), request.getEndKey(), request.getLimit());
  }

  /** Answers with regions, unless they are too many: a part of them would be taken for all. */
  private static Answer<List<RegionTree.Route>> scanned(PdMethods.Call<ScanRegionsResponse> call) {
    return new Answer<>() {
      @Override
      public void done(List<RegionTree.Route> routes) {
        ScanRegionsResponse response = scanned(routes, call.header());
        if (response == null) {
          call.call()
              .fail(
                  GrpcStatus.RESOURCE_EXHAUSTED,
                  "the regions asked for are more than "
                      + SettingText.ofBytes(SCANNED_BYTES_MAX)
                      + ": ask for fewer, with a limit");
        } else {
          call.call().done(response);
        }
      }

      @Override
      public void unavailable(String reason) {
        call.<ScanRegionsResponse>answer(response -> response).unavailable(reason);
      }
    };
  }

  /** The response, or null when it would be too large. */
  private static @Nullable ScanRegionsResponse scanned(
      List<RegionTree.Route> routes, ResponseHeader header) {
    ScanRegionsResponse.Builder response = ScanRegionsResponse.newBuilder().setHeader(header);
    long bytes = 0;
    for (RegionTree.Route route : routes) {
      // Clients of different age look for them in different places.
      bytes += 2L * (route.region().getSerializedSize() + route.leader().getSerializedSize());
      if (bytes > SCANNED_BYTES_MAX) {
        return null;
      }
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
      PdMethods.Call<GetRegionResponse> call,
      Function<RegionTree, RegionTree.@Nullable Route> question) {
    GetRegionResponse nothing = GetRegionResponse.newBuilder().setHeader(call.header()).build();
    driver.route(
        regions -> {
          RegionTree.Route route = question.apply(regions);
          if (route == null) {
            return null;
          }
          return Edge.isVisible(route.region())
              ? nothing.toBuilder()
                  .setRegion(Edge.out(route.region()))
                  .setLeader(route.leader())
                  .build()
              : nothing;
        },
        nothing,
        call.answer(response -> response));
  }

  private void addSafePoints() {
    methods.add(
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
    methods.add(
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
    methods.add(
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

  /**
   * All stores that have come are members, for any of them answers; the driver's is the leader from
   * the start on, as clients would otherwise wait for regions that they do not ask for. It is the
   * leader of etcd as well, which means nothing to clients, once it knows of every region: for
   * nodes and tools that are to see all of them.
   */
  private static void members(
      PlacementDriver driver, String scheme, PdMethods.Call<GetMembersResponse> call) {
    Member self = member(driver.self(), scheme);
    driver.stores(
        new Answer<>() {
          @Override
          public void done(List<Store> stores) {
            GetMembersResponse.Builder response =
                GetMembersResponse.newBuilder().setHeader(call.header());
            for (Store store : present(stores)) {
              if (!store.getNewcomer()) {
                response.addMembers(member(store, scheme));
              }
            }
            response.setLeader(self);
            if (driver.isReady()) {
              response.setEtcdLeader(self);
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

  private static Member member(Store store, String scheme) {
    return Member.newBuilder()
        .setName("store-" + store.getId())
        .setMemberId(store.getId())
        .addClientUrls(scheme + "://" + store.getAddress())
        .addPeerUrls(scheme + "://" + store.getPeerAddress())
        .build();
  }
}
