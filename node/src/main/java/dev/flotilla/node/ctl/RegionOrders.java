package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Changes of a region: each is waited for until the placement driver knows of it. */
final class RegionOrders {
  private final CtlCommand ctl;
  private final HexOption keys;

  RegionOrders(CtlCommand ctl, HexOption keys) {
    this.ctl = ctl;
    this.keys = keys;
  }

  /**
   * What the driver knows.
   *
   * @param isDone whether the change is among it
   * @param refusal by a plugin
   */
  private record Sight(List<JsonObject> regions, boolean isDone, Optional<OrderRefusal> refusal) {
    static final Sight NOTHING = of(List.of(), false);

    static Sight of(List<JsonObject> regions, boolean isDone) {
      return new Sight(regions, isDone, Optional.empty());
    }

    Sight with(Optional<OrderRefusal> told) {
      return new Sight(regions, isDone, told);
    }

    boolean isOver() {
      return isDone || refusal.isPresent();
    }
  }

  int transferLeader(long id, long store) {
    return member(
        OperateKind.TransferLeader, id, store, found -> found.getLeader().getStoreId() == store);
  }

  int addPeer(long id, long store) {
    return member(
        OperateKind.AddPeer,
        id,
        store,
        found -> {
          Peer added = Regions.peerOn(found.getRegion(), store);
          return added != null && added.getRole() == PeerRole.Voter;
        });
  }

  /** The driver may put another replica in its place, even there. */
  int removePeer(long id, long store) {
    Peer going =
        Regions.peerOn(ctl.ask(client -> client.placement().region(id)).getRegion(), store);
    return member(
        OperateKind.RemovePeer,
        id,
        store,
        found -> going == null || RegionMembers.find(found.getRegion(), going.getId()) == null);
  }

  private int member(OperateKind kind, long id, long store, Predicate<GetRegionResponse> done) {
    return order(
        OperateRequest.newBuilder().setKind(kind).setRegionId(id).setStoreId(store),
        placement ->
            placement
                .region(id)
                .map(found -> Sight.of(List.of(Describe.region(found, keys)), done.test(found))));
  }

  int split(long id, ByteString at) {
    Region whole = ctl.ask(client -> client.placement().region(id)).getRegion();
    String objection = objection(whole, at);
    if (objection != null) {
      throw new IllegalStateException(objection);
    }
    return order(
        OperateRequest.newBuilder().setKind(OperateKind.Split).setRegionId(id).addKeys(at),
        placement ->
            placement
                .regions(whole.getStartKey(), 2)
                .map(
                    found ->
                        Sight.of(
                            found.stream().map(part -> Describe.region(part, keys)).toList(),
                            !found.isEmpty() && found.get(0).getRegion().getEndKey().equals(at))));
  }

  /** Why a region cannot be split there, or null: nobody would say so later. */
  private @Nullable String objection(Region region, ByteString at) {
    String key = "'" + keys.shown(at) + "'";
    if (!Regions.contains(region, at)) {
      return "region " + region.getId() + " does not have the key " + key;
    }
    return region.getStartKey().equals(at)
        ? "region " + region.getId() + " begins at the key " + key + " already"
        : null;
  }

  /** Has a change begun, and shows what is when it is done, or when time is over. */
  private int order(OperateRequest.Builder request, Function<PlacementClient, Future<Sight>> look) {
    Sight last =
        ctl.ask(
            client -> {
              PlacementClient placement = client.placement();
              return placement
                  .operate(request)
                  .compose(
                      begun ->
                          placement
                              .watch(() -> look(placement, request, look), Sight::isOver)
                              .otherwise(Sight.NOTHING));
            });
    ctl.show(last.regions());
    if (last.isDone()) {
      return 0;
    }
    return last.refusal().isPresent()
        ? ctl.refused(last.refusal().get())
        : ctl.unseen(
            "the change is accepted, but not to be seen yet; see region show "
                + request.getRegionId()
                + " and operator list");
  }

  private static Future<Sight> look(
      PlacementClient placement,
      OperateRequest.Builder request,
      Function<PlacementClient, Future<Sight>> look) {
    boolean once = request.getKind() == OperateKind.Split;
    return look.apply(placement)
        .compose(
            sight ->
                sight.isDone()
                    ? Future.succeededFuture(sight)
                    : OrderRefusal.of(placement, request.getRegionId(), once).map(sight::with));
  }
}
