package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.pdpb.Region;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Regions in order of keys, however many: an answer with all of them would be too large. */
final class RegionPages {
  private final Source source;
  private final int size;

  /** Gives regions from a key on, at most so many. */
  @FunctionalInterface
  interface Source {
    Future<List<Region>> page(ByteString start, int limit);
  }

  /**
   * @param source asked for a page after the other
   * @param size regions of a page, at least 1
   */
  RegionPages(Source source, int size) {
    this.source = source;
    this.size = size;
  }

  /** The first {@code limit} regions; fewer when there are no more. */
  Future<List<Region>> first(int limit) {
    return addTo(new ArrayList<>(), ByteString.EMPTY, limit);
  }

  private Future<List<Region>> addTo(List<Region> found, ByteString start, int limit) {
    int asked = Math.min(size, limit - found.size());
    return source
        .page(start, asked)
        .compose(
            page -> {
              found.addAll(page);
              ByteString end =
                  page.isEmpty()
                      ? ByteString.EMPTY
                      : page.get(page.size() - 1).getRegion().getEndKey();
              return end.isEmpty() || found.size() >= limit
                  ? Future.succeededFuture(found)
                  : addTo(found, end, limit);
            });
  }
}
