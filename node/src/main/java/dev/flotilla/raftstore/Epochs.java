package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import java.util.List;

/**
 * Whether a command was made for the region as it is. Differs from TiKV 1.0, which lets a newer
 * epoch pass: the command then speaks of a range that this replica does not have yet.
 */
public final class Epochs {
  private Epochs() {}

  /**
   * Checks what the command's kind depends on: reads and writes on the range, membership changes on
   * the members, splits on both, housekeeping on neither.
   *
   * @throws Refusal.EpochNotMatch naming {@code region}
   * @throws Refusal.Invalid when a needed epoch is missing
   */
  public static void check(RaftCmdRequest command, Region region) {
    boolean range = true;
    boolean members = false;
    if (command.hasAdminRequest()) {
      AdminCmdType type = command.getAdminRequest().getCmdType();
      range = type == AdminCmdType.Split || type == AdminCmdType.BatchSplit;
      members = range || type == AdminCmdType.ChangePeer || type == AdminCmdType.ChangePeerV2;
      if (!members) {
        return;
      }
    }
    if (!command.getHeader().hasRegionEpoch()) {
      throw new Refusal.Invalid("missing epoch");
    }
    RegionEpoch asked = command.getHeader().getRegionEpoch();
    RegionEpoch current = region.getRegionEpoch();
    if ((range && asked.getVersion() != current.getVersion())
        || (members && asked.getConfVer() != current.getConfVer())) {
      throw new Refusal.EpochNotMatch(List.of(region));
    }
  }
}
