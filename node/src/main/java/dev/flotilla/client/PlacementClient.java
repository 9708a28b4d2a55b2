package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.config.HostPort;
import dev.flotilla.connection.Opening;
import dev.flotilla.proto.admin.AdminGrpcClient;
import dev.flotilla.proto.admin.CancelOperatorRequest;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.admin.Operator;
import dev.flotilla.proto.admin.OperatorsRequest;
import dev.flotilla.proto.admin.RemoveTombstonesRequest;
import dev.flotilla.proto.admin.SetStoreStateRequest;
import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.admin.StoreStatusesRequest;
import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthGrpcClient;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.GetAllStoresRequest;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.GetRegionByIDRequest;
import dev.flotilla.proto.pdpb.GetRegionRequest;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.proto.pdpb.GetStoreRequest;
import dev.flotilla.proto.pdpb.Member;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.Region;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ResponseHeader;
import dev.flotilla.proto.pdpb.ScanRegionsRequest;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the placement driver. Where it is asked is found anew when it does not answer there,
 * among all nodes that were ever heard of. Thread-safe.
 */
public final class PlacementClient {
  private static final Pattern SCHEME = Pattern.compile("^https?://");

  /** A node that drives placement, or knows who does. */
  private record Found(HostPort address, SingleCalls calls, GetMembersResponse members) {}

  private final GrpcClient grpc;

  /** Of a request, the time for its connection to be there included. */
  private final Duration timeout;

  private final Patience patience;

  /** Where drivers may be, as the user said and as members were found since. */
  private final Set<HostPort> addresses;

  private volatile Found found;
  private @Nullable Future<Found> search;

  private PlacementClient(
      GrpcClient grpc,
      Duration timeout,
      Patience patience,
      Collection<HostPort> addresses,
      Found found) {
    this.grpc = grpc;
    this.timeout = timeout;
    this.patience = patience;
    this.addresses = new LinkedHashSet<>(addresses);
    this.found = found;
    learn(found);
  }

  /** Finds the driver: the first of {@code addresses} that answers says who it is. */
  static Future<PlacementClient> find(
      GrpcClient grpc, List<HostPort> addresses, Duration timeout, Patience patience) {
    return patience
        .write(() -> search(grpc, addresses, timeout))
        .map(found -> new PlacementClient(grpc, timeout, patience, addresses, found));
  }

  private static Future<Found> search(GrpcClient grpc, List<HostPort> addresses, Duration timeout) {
    if (addresses.isEmpty()) {
      return Future.failedFuture(ClientException.nobody("no placement driver answers"));
    }
    HostPort first = addresses.get(0);
    return within(
            timeout,
            new SingleCalls(grpc, socketAddress(first), timeout)
                .call(PDGrpcClient.GetMembers, GetMembersRequest.getDefaultInstance()))
        .map(members -> found(grpc, members, timeout))
        .recover(
            failure -> {
              ClientException told = notFound(first, failure, timeout);
              return addresses.size() == 1
                  ? Future.failedFuture(told)
                  : search(grpc, addresses.subList(1, addresses.size()), timeout)
                      // Whoever knows that there will be a driver tells more than the others.
                      .recover(later -> Future.failedFuture(told.isTransient() ? told : later));
            });
  }

  /** Where nobody is that speaks for a driver, another try would only take time. */
  private static ClientException notFound(HostPort asked, Throwable failure, Duration timeout) {
    String text = "no placement driver answers on " + asked + ": ";
    if (failure instanceof ClientException told) {
      return told.isTransient() || told.isOutcomeUnknown()
          ? ClientException.notNow(text + told.getMessage())
          : ClientException.nobody(text + told.getMessage());
    }
    String reason = NoAnswer.reason(failure, timeout);
    return ClientException.nobody(
        text
            + (failure instanceof TimeoutException
                ? reason + "; is it the port for clients?"
                : reason));
  }

  private static Found found(GrpcClient grpc, GetMembersResponse members, Duration timeout) {
    check(members.getHeader());
    if (!members.hasEtcdLeader()) {
      throw ClientException.notNow("the placement driver is not ready");
    }
    HostPort leader = address(members.getLeader());
    return new Found(leader, new SingleCalls(grpc, socketAddress(leader), timeout), members);
  }

  private static HostPort address(Member member) {
    return HostPort.parse(SCHEME.matcher(member.getClientUrls(0)).replaceFirst(""));
  }

  private static SocketAddress socketAddress(HostPort address) {
    return Opening.at(address.host(), address.port());
  }

  private synchronized void learn(Found now) {
    now.members().getMembersList().forEach(member -> addresses.add(address(member)));
  }

  /** Looks for the driver because {@code failed} did not answer; all who ask meanwhile share it. */
  private synchronized Future<Found> searchAfter(Found failed) {
    if (!found.equals(failed)) {
      return Future.succeededFuture(found);
    }
    if (search == null) {
      List<HostPort> order = new ArrayList<>(addresses);
      order.remove(failed.address());
      order.add(failed.address());
      Future<Found> begun = search(grpc, order, timeout);
      search = begun;
      begun.onComplete(this::onSearched, failure -> onNotFound());
      return begun;
    }
    return search;
  }

  private synchronized void onSearched(Found now) {
    found = now;
    learn(now);
    search = null;
  }

  private synchronized void onNotFound() {
    search = null;
  }

  /** Asks the node that is asked for the driver, which costs it nothing but the call. */
  Future<HealthCheckResponse> health(HealthCheckRequest request) {
    return within(timeout, found.calls().call(HealthGrpcClient.Check, request));
  }

  /** A call's own deadline begins only when there is a connection. */
  private static <R> Future<R> within(Duration timeout, Future<R> call) {
    return call.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private RequestHeader header() {
    return RequestHeader.newBuilder().setClusterId(clusterId()).build();
  }

  private static void check(ResponseHeader header) {
    if (header.hasError()) {
      String text = "placement driver: " + header.getError().getMessage();
      // The type for what has no type of its own: nodes say with it that there is no driver now.
      throw header.getError().getType() == ErrorType.UNKNOWN
          ? ClientException.notNow(text)
          : ClientException.refused(text);
    }
  }

  private <Q, R, T> Future<T> answer(
      Found asked,
      ServiceMethod<R, Q> method,
      Q request,
      Function<R, ResponseHeader> header,
      Function<R, T> content) {
    return within(timeout, asked.calls().call(method, request))
        .recover(
            failure ->
                Future.failedFuture(NoAnswer.of(asked.address().toString(), failure, timeout)))
        .map(
            response -> {
              check(header.apply(response));
              return content.apply(response);
            });
  }

  /** Asks for what changes nothing. */
  private <Q, R, T> Future<T> ask(
      ServiceMethod<R, Q> method,
      Q request,
      Function<R, ResponseHeader> header,
      Function<R, T> content) {
    return patience
        .read(() -> askOnce(method, request, header, content))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ClientException told && told.isOutcomeUnknown()
                        // Nothing is unknown of what changes nothing, nor of a write that needed
                        // it.
                        ? ClientException.notNow(told.getMessage())
                        : failure));
  }

  /** Where nobody answers, another node is asked. */
  private <Q, R, T> Future<T> askOnce(
      ServiceMethod<R, Q> method,
      Q request,
      Function<R, ResponseHeader> header,
      Function<R, T> content) {
    Found asked = found;
    return answer(asked, method, request, header, content)
        .recover(
            failure ->
                searchAfter(asked)
                    .transform(
                        searched ->
                            searched.succeeded()
                                    && !searched.result().address().equals(asked.address())
                                ? answer(searched.result(), method, request, header, content)
                                : Future.failedFuture(failure)));
  }

  /** Gives an order, once: whether one that failed was carried out is not known. */
  private <Q, R, T> Future<T> order(
      ServiceMethod<R, Q> method,
      Q request,
      Function<R, ResponseHeader> header,
      Function<R, T> content) {
    Found asked = found;
    return answer(asked, method, request, header, content).onFailure(failure -> searchAfter(asked));
  }

  /** The cluster's id. */
  public long clusterId() {
    return found.members().getHeader().getClusterId();
  }

  /** The members as they were found last. */
  public GetMembersResponse members() {
    return found.members();
  }

  /** All stores. */
  public Future<List<Store>> stores() {
    return ask(
        PDGrpcClient.GetAllStores,
        GetAllStoresRequest.newBuilder().setHeader(header()).build(),
        response -> response.getHeader(),
        response -> response.getStoresList());
  }

  /** All stores and how they are. */
  public Future<List<StoreStatus>> storeStatuses() {
    return ask(
        AdminGrpcClient.StoreStatuses,
        StoreStatusesRequest.newBuilder().setHeader(header()).build(),
        response -> response.getHeader(),
        response -> response.getStoresList());
  }

  /** Forgets stores that are gone; returns their ids. */
  public Future<List<Long>> removeTombstones() {
    return order(
        AdminGrpcClient.RemoveTombstones,
        RemoveTombstonesRequest.newBuilder().setHeader(header()).build(),
        response -> response.getHeader(),
        response -> response.getStoreIdsList());
  }

  /** One store; fails when there is none of this id. */
  public Future<Store> store(long id) {
    return ask(
        PDGrpcClient.GetStore,
        GetStoreRequest.newBuilder().setHeader(header()).setStoreId(id).build(),
        response -> response.getHeader(),
        response -> response.getStore());
  }

  /** The region of {@code key}. */
  public Future<GetRegionResponse> region(ByteString key) {
    return ask(
        PDGrpcClient.GetRegion,
        GetRegionRequest.newBuilder().setHeader(header()).setRegionKey(key).build(),
        GetRegionResponse::getHeader,
        response -> present(response, "there is no region of this key"));
  }

  /** The region of this id. */
  public Future<GetRegionResponse> region(long id) {
    return ask(
        PDGrpcClient.GetRegionByID,
        GetRegionByIDRequest.newBuilder().setHeader(header()).setRegionId(id).build(),
        GetRegionResponse::getHeader,
        response -> present(response, "there is no region " + id));
  }

  private static GetRegionResponse present(GetRegionResponse response, String otherwise) {
    if (!response.hasRegion()) {
      throw ClientException.refused(otherwise);
    }
    return response;
  }

  /** At most {@code limit} regions from {@code start} on, in order of keys. */
  public Future<List<Region>> regions(ByteString start, int limit) {
    return ask(
        PDGrpcClient.ScanRegions,
        ScanRegionsRequest.newBuilder()
            .setHeader(header())
            .setStartKey(start)
            .setLimit(limit)
            .build(),
        response -> response.getHeader(),
        response -> response.getRegionsList());
  }

  /** Changes under way. */
  public Future<List<Operator>> operators() {
    return ask(
        AdminGrpcClient.Operators,
        OperatorsRequest.newBuilder().setHeader(header()).build(),
        response -> response.getHeader(),
        response -> response.getOperatorsList());
  }

  /** Begins a change of a region. */
  public Future<Void> operate(OperateRequest.Builder request) {
    return order(
            AdminGrpcClient.Operate,
            request.setHeader(header()).build(),
            response -> response.getHeader(),
            response -> response)
        .mapEmpty();
  }

  /** Looks until what is seen is {@code wanted}, or a request's time is over; gives the last. */
  public <T> Future<T> watch(Supplier<Future<T>> look, Predicate<T> wanted) {
    return patience.watch(look, wanted);
  }

  /** Gives a change up; returns whether there was one. */
  public Future<Boolean> cancelOperator(long regionId) {
    return order(
        AdminGrpcClient.CancelOperator,
        CancelOperatorRequest.newBuilder().setHeader(header()).setRegionId(regionId).build(),
        response -> response.getHeader(),
        response -> response.getFound());
  }

  /** Sets what is to become of a store; returns its record. */
  public Future<Store> setStoreState(long storeId, StoreState state) {
    return order(
        AdminGrpcClient.SetStoreState,
        SetStoreStateRequest.newBuilder()
            .setHeader(header())
            .setStoreId(storeId)
            .setState(state)
            .build(),
        response -> response.getHeader(),
        response -> response.getStore());
  }
}
