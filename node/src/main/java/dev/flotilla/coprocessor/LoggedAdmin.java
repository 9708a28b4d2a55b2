package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AppliedAdmin;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.AdminResponse;
import java.util.List;

/** A committed admin command, to look at. */
final class LoggedAdmin extends ProtoAdmin implements AppliedAdmin {
  private final long index;
  private final long term;
  private final AdminResponse response;

  LoggedAdmin(AdminRequest request, long index, long term, AdminResponse response) {
    super(request);
    this.index = index;
    this.term = term;
    this.response = response;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public List<RegionView> regionsAfter() {
    return switch (response.getCmdType()) {
      case Split -> views(List.of(response.getSplit().getLeft(), response.getSplit().getRight()));
      case BatchSplit -> views(response.getSplits().getRegionsList());
      case ChangePeer -> views(List.of(response.getChangePeer().getRegion()));
      case ChangePeerV2 -> views(List.of(response.getChangePeerV2().getRegion()));
      default -> List.of();
    };
  }

  private static List<RegionView> views(List<Region> regions) {
    return regions.stream().<RegionView>map(ProtoRegion::new).toList();
  }
}
