package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;

/** Whether a write stays inside its region; asked before it is logged, and again at apply. */
public final class CommandKeys {
  private CommandKeys() {}

  /**
   * Checks every key of {@code command}.
   *
   * @throws Refusal.KeyNotInRegion naming the first one outside
   */
  public static void check(RaftCmdRequest command, Region region) {
    for (int i = 0; i < command.getRequestsCount(); i++) {
      Request request = command.getRequests(i);
      switch (request.getCmdType()) {
        case Put -> Regions.checkKey(request.getPut().getKey(), region);
        case Delete -> Regions.checkKey(request.getDelete().getKey(), region);
        case CompareAndSwap -> Regions.checkKey(request.getCompareAndSwap().getKey(), region);
        case Guard -> Regions.checkKey(request.getGuard().getKey(), region);
        case DeleteRange -> checkRange(request.getDeleteRange(), region);
        default -> {
          // Reads name their keys when they are served.
        }
      }
    }
  }

  private static void checkRange(DeleteRangeRequest range, Region region) {
    Regions.checkKey(range.getStartKey(), region);
    // An empty end means the region's own.
    if (!range.getEndKey().isEmpty() && !Regions.containsEnd(region, range.getEndKey())) {
      throw new Refusal.KeyNotInRegion(range.getEndKey(), region);
    }
  }
}
