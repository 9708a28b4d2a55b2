package dev.flotilla.verticle.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.cluster.OrderRefused;
import dev.flotilla.proto.cluster.PutStoreRequest;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.RegionHeartbeatRequest;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.security.Sender;
import dev.flotilla.security.StoreNames;
import dev.flotilla.server.PdRelay;
import dev.flotilla.verticle.PdRuntime;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What nodes ask of each other's placement drivers, and its answers: by this node's driver, and by
 * its store where the driver has a wish.
 */
final class PlacementRequests {
  static final String REGION = "RegionHeartbeat";
  static final String STORE = "StoreHeartbeat";
  static final String COMMAND = "Command";
  static final String REFUSED = "OrderRefused";
  static final String JOIN = "Join";
  static final String PUT_STORE = "PutStore";
  static final String IDS = "AllocIds";
  static final String FIND_REGION = "FindRegion";

  /** gRPC's number for what should be asked again. */
  private static final int UNAVAILABLE = 14;

  private final StoreNames names;
  private final LongSupplier driver;
  private final PdRuntime local;
  private final RaftStoreRouter router;
  private final Consumer<PlacementTask.OrderRefused> refused;
  private final PdRelay relay;

  /**
   * @param names whose certificate speaks for which store
   * @param driver the store that drives, as far as this node knows
   * @param refused takes what a plugin here refuses of the driver's orders
   * @param relay answers what clients ask
   */
  PlacementRequests(
      StoreNames names,
      LongSupplier driver,
      PdRuntime local,
      RaftStoreRouter router,
      Consumer<PlacementTask.OrderRefused> refused,
      PdRelay relay) {
    this.names = names;
    this.driver = driver;
    this.local = local;
    this.router = router;
    this.refused = refused;
    this.relay = relay;
  }

  /** Answers a request. Any thread; never blocks. */
  void handle(Sender sender, String method, byte[] request, BusCalls.Reply reply) {
    try {
      switch (method) {
        case COMMAND -> {
          if (names.admits(driver.getAsLong(), sender)) {
            LeaderCommands.run(RegionHeartbeatResponse.parseFrom(request), router, refused);
          }
        }
        case REFUSED -> {
          OrderRefused order = OrderRefused.parseFrom(request);
          if (names.admits(order.getStoreId(), sender)) {
            local.submit(
                pd ->
                    pd.onReport(
                        new PlacementTask.OrderRefused(
                            order.getRegionId(), order.getOnce(), order.getText())));
          }
        }
        case REGION -> {
          PlacementTask.Leads leads = leadsOf(RegionHeartbeatRequest.parseFrom(request));
          if (names.admits(leads.leader().getStoreId(), sender)) {
            local.submit(pd -> pd.onRegion(leads));
          }
        }
        case STORE -> {
          StoreStats stats = StoreStats.parseFrom(request);
          if (names.admits(stats.getStoreId(), sender)) {
            local.submit(pd -> pd.onStore(stats));
          }
        }
        case JOIN -> {
          JoinRequest join = JoinRequest.parseFrom(request);
          if (names.isMember(sender)) {
            submit(reply, pd -> pd.join(join, reply(reply, JoinResponse::toByteArray)));
          } else {
            reply.fail(BusCalls.PERMISSION_DENIED, "nodes join by way of the cluster's nodes");
          }
        }
        case PUT_STORE -> {
          PutStoreRequest put = PutStoreRequest.parseFrom(request);
          Store store = put.getStore();
          if (names.mayRegister(store.getNodeName(), sender)) {
            submit(
                reply,
                pd ->
                    pd.putStore(store, put.getSharedSettings(), reply(reply, Store::toByteArray)));
          } else {
            reply.fail(
                BusCalls.PERMISSION_DENIED,
                "your certificate is not that of " + store.getNodeName());
          }
        }
        case IDS -> {
          long count = ByteBuffer.wrap(request).getLong();
          submit(
              reply,
              pd ->
                  pd.allocate(
                      count,
                      reply(
                          reply, first -> ByteBuffer.allocate(Long.BYTES).putLong(first).array())));
        }
        case FIND_REGION -> {
          long id = ByteBuffer.wrap(request).getLong();
          submit(reply, pd -> pd.region(id, reply(reply, Region::toByteArray)));
        }
        default ->
            relay.handle(
                method,
                request,
                new PdRelay.Reply() {
                  @Override
                  public void done(byte[] response) {
                    reply.done(response);
                  }

                  @Override
                  public void fail(int status, String message) {
                    reply.fail(status, message);
                  }
                });
      }
    } catch (InvalidProtocolBufferException | BufferUnderflowException e) {
      reply.fail(BusCalls.UNIMPLEMENTED, "request cannot be read");
    }
  }

  private void submit(BusCalls.Reply reply, Consumer<PlacementDriver> request) {
    if (!local.submit(request)) {
      reply.fail(UNAVAILABLE, "placement driver is busy");
    }
  }

  private static <A> Answer<A> reply(BusCalls.Reply reply, Function<A, byte[]> bytes) {
    return new Answer<>() {
      @Override
      public void done(A value) {
        reply.done(bytes.apply(value));
      }

      @Override
      public void unavailable(String reason) {
        reply.fail(UNAVAILABLE, reason);
      }

      @Override
      public void refused(String reason) {
        reply.fail(BusCalls.PERMISSION_DENIED, reason);
      }
    };
  }

  private static PlacementTask.Leads leadsOf(RegionHeartbeatRequest heartbeat) {
    return new PlacementTask.Leads(
        heartbeat.getRegion(),
        heartbeat.getLeader(),
        heartbeat.getTerm(),
        heartbeat.getApproximateSize(),
        heartbeat.getDownPeersList(),
        heartbeat.getPendingPeersList());
  }
}
