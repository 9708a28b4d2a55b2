package dev.flotilla.node.ctl;

import dev.flotilla.client.PlacementClient;
import dev.flotilla.client.StatusPages;
import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Store;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Has the replicas of a region compared. What comes of it only the leader knows: it is asked on its
 * status port.
 */
final class RegionCheck {
  private static final int DIFFERENT = 1;

  private final CtlCommand ctl;
  private final HexOption keys;
  private final StatusPages pages;

  RegionCheck(CtlCommand ctl, HexOption keys) {
    this.ctl = ctl;
    this.keys = keys;
    this.pages = new StatusPages(ctl.credentials());
  }

  /** What the leader knows of the newest comparison, and the region as the driver knows it. */
  private record Sight(
      JsonObject region,
      long index,
      int alike,
      int differing,
      int silent,
      Optional<OrderRefusal> refusal) {
    static Sight of(JsonObject region, JsonObject page) {
      JsonObject comparison = page.getJsonObject("comparison", new JsonObject());
      return new Sight(
          region,
          comparison.getLong("index", 0L),
          comparison.getInteger("alike", 0),
          comparison.getInteger("differing", 0),
          comparison.getInteger("silent", 0),
          Optional.empty());
    }

    Sight with(Optional<OrderRefusal> told) {
      return new Sight(region, index, alike, differing, silent, told);
    }

    boolean isNewerThan(long before) {
      return index > before || refusal.isPresent();
    }

    JsonObject row() {
      return region
          .copy()
          .put("comparedIndex", index)
          .put("alike", alike)
          .put("differing", differing)
          .put("silent", silent);
    }
  }

  int run(long id) {
    Optional<Sight> seen = ctl.ask(client -> compare(client.placement(), id));
    return seen.isPresent() ? told(id, seen.get()) : unseen(id);
  }

  /** Gives nothing when it is not known whether what is seen is of before. */
  private Future<Optional<Sight>> compare(PlacementClient placement, long id) {
    OperateRequest.Builder request =
        OperateRequest.newBuilder().setKind(OperateKind.CheckConsistency).setRegionId(id);
    return look(placement, id)
        .map(Sight::index)
        .otherwise(Long.MAX_VALUE)
        .compose(
            before ->
                placement
                    .operate(request)
                    .compose(
                        begun ->
                            before == Long.MAX_VALUE
                                ? Future.succeededFuture(Optional.empty())
                                : newer(placement, id, before)));
  }

  private Future<Optional<Sight>> newer(PlacementClient placement, long id, long before) {
    return placement
        .watch(
            () ->
                look(placement, id)
                    .compose(now -> OrderRefusal.of(placement, id, true).map(now::with)),
            now -> now.isNewerThan(before) && (now.silent() == 0 || now.refusal().isPresent()))
        .map(last -> Optional.of(last).filter(now -> now.isNewerThan(before)))
        .otherwise(Optional.empty());
  }

  private int told(long id, Sight last) {
    ctl.show(List.of(last.row()));
    if (last.refusal().isPresent()) {
      return ctl.refused(last.refusal().get());
    }
    if (last.differing() > 0) {
      ctl.warn(
          "replicas of region "
              + id
              + " differ: the logs of their stores say in what, region show "
              + id
              + " which are quarantined");
      return DIFFERENT;
    }
    return last.silent() == 0
        ? 0
        : ctl.unseen(last.silent() + " of the replicas have not said what they have");
  }

  private int unseen(long id) {
    return ctl.unseen(
        "the comparison is asked for, but what comes of it is not to be seen yet; if replicas"
            + " differ the logs of their stores say so, and region show "
            + id);
  }

  private Future<Sight> look(PlacementClient placement, long id) {
    return placement
        .region(id)
        .compose(
            found ->
                placement
                    .store(found.getLeader().getStoreId())
                    .compose(leader -> page(leader, id))
                    .map(page -> Sight.of(Describe.region(found, keys), page)));
  }

  private Future<JsonObject> page(Store leader, long id) {
    return leader.getStatusAddress().isEmpty()
        ? Future.failedFuture(
            new IllegalStateException("store " + leader.getId() + " has no status port"))
        : pages.ask(leader.getStatusAddress(), "/region/" + id).map(JsonObject::new);
  }
}
