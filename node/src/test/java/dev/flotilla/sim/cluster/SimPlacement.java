package dev.flotilla.sim.cluster;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.BatchSplitRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;

/**
 * Takes what stores report: for the real driver where a run has one, else for one that knows what
 * was reported to it and answers after a while.
 */
final class SimPlacement {
  private final World world;

  SimPlacement(World world) {
    this.world = world;
  }

  boolean take(SimProcess process, PlacementTask task) {
    Directory directory = world.directory();
    if (task instanceof PlacementTask.Leads leads) {
      directory.report(leads);
    }
    if (world.knobs().placement().real()) {
      return process.placement().report(task);
    }
    if (task instanceof PlacementTask.AskSplit ask) {
      process.later(answerNanos(), () -> split(process, ask));
    } else if (task instanceof PlacementTask.ValidatePeer validate) {
      process.later(answerNanos(), () -> validate(process, validate));
    }
    return true;
  }

  private long answerNanos() {
    return world.schedule().between(1, 20) * Timeline.MILLI;
  }

  private void split(SimProcess process, PlacementTask.AskSplit ask) {
    BatchSplitRequest.Builder splits =
        BatchSplitRequest.newBuilder().setRightDerive(ask.rightDerive());
    ask.splitKeys()
        .forEach(
            key -> {
              SplitRequest.Builder split =
                  SplitRequest.newBuilder()
                      .setSplitKey(key)
                      .setNewRegionId(world.directory().newId());
              ask.region()
                  .getPeersList()
                  .forEach(peer -> split.addNewPeerIds(world.directory().newId()));
              splits.addRequests(split);
            });
    Callback callback = ask.callback();
    process.send(
        new Msg.Command(
            RaftCmdRequest.newBuilder()
                .setHeader(
                    RaftRequestHeader.newBuilder()
                        .setRegionId(ask.region().getId())
                        .setRegionEpoch(ask.region().getRegionEpoch())
                        .setPeer(ask.leader()))
                .setAdminRequest(
                    AdminRequest.newBuilder().setCmdType(AdminCmdType.BatchSplit).setSplits(splits))
                .build(),
            callback == null ? Callback.IGNORE : callback));
  }

  /** A replica that its region has removed is told so. */
  private void validate(SimProcess process, PlacementTask.ValidatePeer validate) {
    Directory.Route route = world.directory().byId(validate.region().getId());
    Peer peer = validate.peer();
    world.tally().add("peer validated");
    if (route == null || !isNewer(route.region(), validate.region())) {
      return;
    }
    Peer member = Regions.peerOn(route.region(), peer.getStoreId());
    if (member == null || member.getId() != peer.getId()) {
      process.send(
          new Msg.Raft(
              RaftMessage.newBuilder()
                  .setRegionId(route.region().getId())
                  .setFromPeer(peer)
                  .setToPeer(peer)
                  .setRegionEpoch(route.region().getRegionEpoch())
                  .setIsTombstone(true)
                  .build()));
    }
  }

  private static boolean isNewer(Region region, Region than) {
    RegionEpoch epoch = region.getRegionEpoch();
    RegionEpoch other = than.getRegionEpoch();
    return epoch.getConfVer() > other.getConfVer();
  }
}
