package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.admin.AdminGrpcClient;
import dev.flotilla.proto.admin.CancelOperatorRequest;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.admin.Operator;
import dev.flotilla.proto.admin.OperatorsRequest;
import dev.flotilla.proto.admin.SetStoreStateRequest;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.GetAllStoresRequest;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.GetRegionByIDRequest;
import dev.flotilla.proto.pdpb.GetRegionRequest;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.proto.pdpb.GetStoreRequest;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.Region;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ResponseHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Questions to the placement driver. */
public final class PlacementClient {
  private static final Pattern SCHEME = Pattern.compile("^https?://");

  private final SocketAddress address;
  private final PDGrpcClient driver;
  private final AdminGrpcClient admin;
  private final GetMembersResponse members;

  private PlacementClient(GrpcClient grpc, HostPort address, GetMembersResponse members) {
    this.address = socketAddress(address);
    this.driver = PDGrpcClient.create(grpc, this.address);
    this.admin = AdminGrpcClient.create(grpc, this.address);
    this.members = members;
  }

  /** Finds the driver: the first of {@code addresses} that answers says who it is. */
  static Future<PlacementClient> find(GrpcClient grpc, List<HostPort> addresses) {
    if (addresses.isEmpty()) {
      return Future.failedFuture(ClientException.refused("no placement driver answers"));
    }
    HostPort first = addresses.get(0);
    return PDGrpcClient.create(grpc, socketAddress(first))
        .getMembers(GetMembersRequest.getDefaultInstance())
        .map(members -> of(grpc, members))
        .recover(
            failure ->
                addresses.size() > 1
                    ? find(grpc, addresses.subList(1, addresses.size()))
                    : Future.failedFuture(
                        ClientException.refused(
                            "no placement driver answers on " + first + ": " + failure)));
  }

  private static PlacementClient of(GrpcClient grpc, GetMembersResponse members) {
    check(members.getHeader());
    if (!members.hasLeader()) {
      throw ClientException.refused("the placement driver is not ready");
    }
    String url = members.getLeader().getClientUrls(0);
    HostPort leader = HostPort.parse(SCHEME.matcher(url).replaceFirst(""));
    return new PlacementClient(grpc, leader, members);
  }

  private static SocketAddress socketAddress(HostPort address) {
    return SocketAddress.inetSocketAddress(address.port(), address.host());
  }

  /** Where the driver is. */
  SocketAddress address() {
    return address;
  }

  private RequestHeader header() {
    return RequestHeader.newBuilder().setClusterId(clusterId()).build();
  }

  private static void check(ResponseHeader header) {
    if (header.hasError()) {
      throw ClientException.refused("placement driver: " + header.getError().getMessage());
    }
  }

  private static <R, T> Future<T> answer(
      Future<R> call, Function<R, ResponseHeader> header, Function<R, T> content) {
    return call.map(
        response -> {
          check(header.apply(response));
          return content.apply(response);
        });
  }

  /** The cluster's id. */
  public long clusterId() {
    return members.getHeader().getClusterId();
  }

  /** The members as they were found. */
  public GetMembersResponse members() {
    return members;
  }

  /** All stores. */
  public Future<List<Store>> stores() {
    return answer(
        driver.getAllStores(GetAllStoresRequest.newBuilder().setHeader(header()).build()),
        response -> response.getHeader(),
        response -> response.getStoresList());
  }

  /** One store; fails when there is none of this id. */
  public Future<Store> store(long id) {
    return answer(
        driver.getStore(GetStoreRequest.newBuilder().setHeader(header()).setStoreId(id).build()),
        response -> response.getHeader(),
        response -> response.getStore());
  }

  /** The region of {@code key}. */
  public Future<GetRegionResponse> region(ByteString key) {
    return answer(
        driver.getRegion(
            GetRegionRequest.newBuilder().setHeader(header()).setRegionKey(key).build()),
        GetRegionResponse::getHeader,
        PlacementClient::present);
  }

  /** The region of this id. */
  public Future<GetRegionResponse> region(long id) {
    return answer(
        driver.getRegionByID(
            GetRegionByIDRequest.newBuilder().setHeader(header()).setRegionId(id).build()),
        GetRegionResponse::getHeader,
        PlacementClient::present);
  }

  private static GetRegionResponse present(GetRegionResponse response) {
    if (!response.hasRegion()) {
      throw ClientException.refused("there is no such region");
    }
    return response;
  }

  /** At most {@code limit} regions from {@code start} on, in order of keys. */
  public Future<List<Region>> regions(ByteString start, int limit) {
    return answer(
        driver.scanRegions(
            ScanRegionsRequest.newBuilder()
                .setHeader(header())
                .setStartKey(start)
                .setLimit(limit)
                .build()),
        response -> response.getHeader(),
        response -> response.getRegionsList());
  }

  /** Changes under way. */
  public Future<List<Operator>> operators() {
    return answer(
        admin.operators(OperatorsRequest.newBuilder().setHeader(header()).build()),
        response -> response.getHeader(),
        response -> response.getOperatorsList());
  }

  /** Begins a change of a region. */
  public Future<Void> operate(OperateRequest.Builder request) {
    return answer(
            admin.operate(request.setHeader(header()).build()),
            response -> response.getHeader(),
            response -> response)
        .mapEmpty();
  }

  /** Gives a change up; returns whether there was one. */
  public Future<Boolean> cancelOperator(long regionId) {
    return answer(
        admin.cancelOperator(
            CancelOperatorRequest.newBuilder().setHeader(header()).setRegionId(regionId).build()),
        response -> response.getHeader(),
        response -> response.getFound());
  }

  /** Sets what is to become of a store; returns its record. */
  public Future<Store> setStoreState(long storeId, StoreState state) {
    return answer(
        admin.setStoreState(
            SetStoreStateRequest.newBuilder()
                .setHeader(header())
                .setStoreId(storeId)
                .setState(state)
                .build()),
        response -> response.getHeader(),
        response -> response.getStore());
  }
}
