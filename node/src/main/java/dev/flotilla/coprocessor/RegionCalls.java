package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.ApplySnapshotObserver;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** The calls about the replicas on this store and the snapshots that they take over. */
final class RegionCalls {
  private RegionCalls() {}

  static void changed(
      List<Link<RegionChangeObserver>> told, Region region, long term, RegionChange change) {
    CallContext context = new CallContext(region, term);
    CallGuard.tell(
        Hook.ON_REGION_CHANGED,
        told,
        context,
        Edits.NONE,
        observer -> observer.onRegionChanged(context, change));
  }

  /**
   * @param hook one of {@link ApplySnapshotObserver}
   */
  static void snapshot(Chain chain, Hook hook, Region region, long index, long term) {
    CallContext context = new CallContext(region, term);
    CallGuard.tell(
        hook,
        chain.links(hook, ApplySnapshotObserver.class),
        context,
        Edits.NONE,
        observer -> {
          switch (hook) {
            case PRE_APPLY_SNAPSHOT -> observer.preApplySnapshot(context, index);
            case POST_APPLY_SNAPSHOT -> observer.postApplySnapshot(context, index);
            default -> observer.cancelApplySnapshot(context, index);
          }
        });
  }
}
