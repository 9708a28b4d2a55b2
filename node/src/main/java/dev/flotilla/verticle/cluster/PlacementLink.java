package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.SplitCommand;
import dev.flotilla.proto.cluster.OrderRefused;
import dev.flotilla.proto.cluster.PutStoreRequest;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.GetAllStoresRequest;
import dev.flotilla.proto.pdpb.GetAllStoresResponse;
import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.GetMembersResponse;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.RegionHeartbeatRequest;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.security.Sender;
import dev.flotilla.security.StoreNames;
import dev.flotilla.server.PdRelay;
import dev.flotilla.server.Placement;
import dev.flotilla.verticle.PdRuntime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between this node's store and whoever drives placement: this node, or another one that is known
 * by what it said last. There is no address of "the driver": one that has been deposed could
 * answer.
 */
public final class PlacementLink implements Placement {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementLink.class);

  private final BusCalls calls;
  private final long clusterId;
  private final long storeId;
  private final StoreNames names;
  private final String scheme;
  private final PdRuntime local;
  private final RaftStoreRouter router;
  private final Consumer<StoreStats.Builder> space;
  private final PlacementRequests requests;
  private final OutstandingCalls relayed = new OutstandingCalls();
  private final DriverHints hints;
  private @Nullable MessageConsumer<Buffer> consumer;

  /**
   * @param patience how long a request waits for a driver when none is known, at least 1 ms
   * @param space adds how much space the store has to what is said of it; any thread
   */
  public PlacementLink(
      Vertx vertx,
      BusCalls calls,
      Duration patience,
      long clusterId,
      long storeId,
      StoreNames names,
      String scheme,
      PdRuntime local,
      RaftStoreRouter router,
      Consumer<StoreStats.Builder> space) {
    this.calls = calls;
    this.clusterId = clusterId;
    this.storeId = storeId;
    this.names = names;
    this.scheme = scheme;
    this.local = local;
    this.router = router;
    this.space = space;
    this.hints =
        new DriverHints(
            vertx, calls, clusterId, storeId, names, local, router, patience, relayed::giveUp);
    this.requests =
        new PlacementRequests(names, hints::driver, local, router, this::report, new PdRelay(this));
  }

  /** Begins to listen. */
  public Future<Void> open() {
    return calls
        .serve(Addresses.placement(storeId), requests::handle)
        .onSuccess(serving -> consumer = serving)
        .compose(done -> hints.open());
  }

  /** Hears no more. */
  public void close() {
    hints.close();
    if (consumer != null) {
      consumer.unregister();
    }
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public boolean isHere() {
    return local.isActive();
  }

  @Override
  public boolean submit(Consumer<PlacementDriver> request) {
    return local.submit(request);
  }

  @Override
  public Future<byte[]> relay(String method, byte[] request) {
    return hints.soon().compose(driver -> relay(driver, method, request));
  }

  private Future<byte[]> relay(long to, String method, byte[] request) {
    if (to == storeId && isHere()) {
      // Since it was asked for.
      return here(method, request);
    }
    return to == 0 || to == storeId
        ? Future.failedFuture("nobody is known to drive placement")
        : relayed.track(
            calls
                .ask(Addresses.placement(to), method, request)
                .compose(
                    answered ->
                        names.admits(to, answered.sender())
                            ? Future.succeededFuture(answered.content().getBytes())
                            : Future.failedFuture("somebody else answers for store " + to)));
  }

  /**
   * A store can no longer be reached. If it drives, whoever waits for its answer is told so at
   * once, and who asks next waits a little for another to drive, so that clients look elsewhere or
   * find that one; its next word, or another's, changes that.
   */
  public void onUnreached(long store) {
    hints.onUnreached(store);
  }

  /** This node begins or ceases to drive. */
  public void onTerm() {
    hints.onTerm();
  }

  /** Says that this node drives, if it does; to be called now and then. */
  public void announce() {
    hints.announce();
  }

  /** Takes what the store has to say. Any thread; never blocks. */
  public boolean report(PlacementTask task) {
    if (task instanceof PlacementTask.StoreStats stats) {
      // On the driver's thread: to ask the disk and the engines may take its time.
      return local.submit(pd -> tell(pd, statsOf(stats)));
    }
    boolean ofSystem =
        (task instanceof PlacementTask.Leads leads && Regions.isSystem(leads.region()))
            || (task instanceof PlacementTask.Lost lost
                && lost.regionId() == Regions.SYSTEM_REGION_ID);
    if (ofSystem) {
      // Said but once: whether this node drives or not depends on it.
      return local.submitSignificant(pd -> pd.onReport(task));
    }
    if (local.isActive()) {
      if (task instanceof PlacementTask.ValidatePeer validate) {
        return local.submit(pd -> validate(pd, validate));
      }
      return local.submit(pd -> pd.onReport(task));
    }
    if (task instanceof PlacementTask.Leads leads) {
      tellDriver(PlacementRequests.REGION, heartbeat(leads).toByteArray());
    } else if (task instanceof PlacementTask.AskSplit wish) {
      askForSplit(wish);
    } else if (task instanceof PlacementTask.ValidatePeer validate) {
      validate(validate);
    } else if (task instanceof PlacementTask.OrderRefused refused) {
      tellDriver(PlacementRequests.REFUSED, refused(refused).toByteArray());
    }
    return true;
  }

  private void tell(PlacementDriver pd, StoreStats stats) {
    if (local.isActive()) {
      pd.onStore(stats);
    } else {
      tellDriver(PlacementRequests.STORE, stats.toByteArray());
    }
  }

  private void tellDriver(String method, byte[] message) {
    long to = hints.driver();
    if (to != 0 && to != storeId) {
      calls.tell(Addresses.placement(to), method, message);
    }
  }

  private StoreStats statsOf(PlacementTask.StoreStats stats) {
    StoreStats.Builder said =
        StoreStats.newBuilder()
            .setStoreId(storeId)
            .setRegionCount(stats.regionCount())
            .setSendingSnapCount(stats.sendingSnapshots())
            .setReceivingSnapCount(stats.receivingSnapshots())
            .setIsBusy(stats.busy());
    space.accept(said);
    return said.build();
  }

  private OrderRefused refused(PlacementTask.OrderRefused order) {
    return OrderRefused.newBuilder()
        .setStoreId(storeId)
        .setRegionId(order.regionId())
        .setText(order.text())
        .setOnce(order.once())
        .build();
  }

  private static RegionHeartbeatRequest heartbeat(PlacementTask.Leads leads) {
    return RegionHeartbeatRequest.newBuilder()
        .setRegion(leads.region())
        .setLeader(leads.leader())
        .setTerm(leads.term())
        .setApproximateSize(leads.approximateBytes())
        .addAllDownPeers(leads.downPeers())
        .addAllPendingPeers(leads.pendingPeers())
        .build();
  }

  private void askForSplit(PlacementTask.AskSplit wish) {
    Callback asked = wish.callback();
    Callback callback = asked == null ? Callback.IGNORE : asked;
    byte[] count = ByteBuffer.allocate(Long.BYTES).putLong(SplitCommand.idsNeeded(wish)).array();
    relay(PlacementRequests.IDS, count)
        .onComplete(
            first ->
                router.send(
                    new Msg.Command(
                        SplitCommand.of(wish, ByteBuffer.wrap(first).getLong()), callback)),
            failure ->
                callback.refused(
                    new Refusal.ServerIsBusy("the placement driver gives no ids now")));
  }

  private void validate(PlacementTask.ValidatePeer task) {
    byte[] id = ByteBuffer.allocate(Long.BYTES).putLong(task.region().getId()).array();
    relay(PlacementRequests.FIND_REGION, id)
        .onSuccess(
            bytes -> {
              try {
                judge(task, Region.parseFrom(bytes));
              } catch (InvalidProtocolBufferException e) {
                LOG.warn("the driver's answer cannot be read: {}", e.getMessage());
              }
            });
  }

  private void validate(PlacementDriver pd, PlacementTask.ValidatePeer task) {
    pd.region(task.region().getId(), Answer.of(region -> judge(task, region), reason -> {}));
  }

  /** A replica that a newer region does not know is told to go. */
  private void judge(PlacementTask.ValidatePeer task, Region known) {
    if (Regions.isInitialized(known)
        && known.getRegionEpoch().getConfVer() >= task.region().getRegionEpoch().getConfVer()
        && known.getRegionEpoch().getVersion() >= task.region().getRegionEpoch().getVersion()
        && RegionMembers.find(known, task.peer().getId()) == null) {
      router.send(
          new Msg.Raft(
              RaftMessage.newBuilder()
                  .setRegionId(known.getId())
                  .setRegionEpoch(known.getRegionEpoch())
                  .setFromPeer(task.peer())
                  .setToPeer(task.peer())
                  .setIsTombstone(true)
                  .build()));
    }
  }

  /** Carries a wish of this node's driver to the leader it is for. Driver's thread. */
  public void command(long toStoreId, RegionHeartbeatResponse command) {
    if (toStoreId == storeId) {
      LeaderCommands.run(command, router, this::report);
    } else {
      calls.tell(Addresses.placement(toStoreId), PlacementRequests.COMMAND, command.toByteArray());
    }
  }

  /** Passes a node's wish to join on to the driver. */
  public Future<byte[]> join(byte[] request) {
    return isHere()
        ? here(PlacementRequests.JOIN, request)
        : relay(PlacementRequests.JOIN, request);
  }

  /**
   * Brings this store's record up to date.
   *
   * @param sharedSettings what it has of the settings that all stores must share
   */
  public Future<?> putStore(Store store, String sharedSettings) {
    byte[] request =
        PutStoreRequest.newBuilder()
            .setStore(store)
            .setSharedSettings(sharedSettings)
            .build()
            .toByteArray();
    return isHere()
        ? here(PlacementRequests.PUT_STORE, request)
        : relay(PlacementRequests.PUT_STORE, request);
  }

  /** Whether a failure is the driver's word that it will not do what was asked for. */
  public static boolean isRefusal(Throwable failure) {
    return failure instanceof ReplyException refused
        && refused.failureType() == ReplyFailure.RECIPIENT_FAILURE
        && refused.failureCode() == BusCalls.PERMISSION_DENIED;
  }

  /** Succeeds when the driver knows a way to every key. */
  public Future<?> checkReady() {
    if (isHere()) {
      return local.isReady() ? Future.succeededFuture() : Future.failedFuture("not ready");
    }
    byte[] request = GetMembersRequest.getDefaultInstance().toByteArray();
    return relay(PDGrpcService.GetMembers.fullMethodName(), request)
        .compose(bytes -> BusCalls.parsed(bytes, GetMembersResponse.parser()))
        .compose(
            members ->
                members.hasEtcdLeader()
                    ? Future.succeededFuture()
                    : Future.failedFuture("not ready"));
  }

  /** All stores on record. */
  public Future<List<Store>> stores() {
    if (isHere()) {
      Promise<List<Store>> stores = Promise.promise();
      boolean taken = local.submit(pd -> pd.stores(Answer.of(stores::complete, stores::fail)));
      return taken ? stores.future() : Future.failedFuture("placement driver is busy");
    }
    GetAllStoresRequest request =
        GetAllStoresRequest.newBuilder()
            .setHeader(RequestHeader.newBuilder().setClusterId(clusterId))
            .build();
    return relay(PDGrpcService.GetAllStores.fullMethodName(), request.toByteArray())
        .compose(bytes -> BusCalls.parsed(bytes, GetAllStoresResponse.parser()))
        .compose(
            response ->
                response.getHeader().hasError()
                    ? Future.failedFuture(response.getHeader().getError().getMessage())
                    : Future.succeededFuture(response.getStoresList()));
  }

  private Future<byte[]> here(String method, byte[] request) {
    Promise<byte[]> answer = Promise.promise();
    requests.handle(
        Sender.SELF,
        method,
        request,
        new BusCalls.Reply() {
          @Override
          public void done(byte[] response) {
            answer.tryComplete(response);
          }

          @Override
          public void fail(int status, String message) {
            answer.tryFail(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, status, message));
          }
        });
    return answer.future();
  }
}
