package dev.flotilla.raftstore.apply;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.BatchSplitRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.List;

/** Cuts a region into several, each with a replica wherever the region had one. */
final class SplitExecutor {
  private SplitExecutor() {}

  /**
   * Puts the states of all parts into {@code writes}.
   *
   * @param stampMillis time of the entry that splits, from which on the parts go
   * @throws Refusal when keys or ids do not fit the region
   */
  static ExecResult.Split execute(
      AdminRequest admin, Region region, long stampMillis, EngineReader kv, WriteBatch writes) {
    BatchSplitRequest request = normal(admin);
    List<Region> regions = cut(request, region);
    List<Long> skipped = new ArrayList<>();
    for (Region part : regions) {
      if (part.getId() == region.getId()) {
        RegionStates.putRegionState(writes, part, PeerState.Normal);
      } else if (kv.get(Cf.RAFT, Keys.regionStateKey(part.getId())) != null) {
        // Its replica came and went before this one got here: it must not rise again.
        skipped.add(part.getId());
      } else {
        RegionStates.putSplitKv(writes, part, stampMillis);
      }
    }
    return new ExecResult.Split(regions, region.getId(), skipped);
  }

  /** A split in two is a split in many, with its own place for the side that keeps the id. */
  private static BatchSplitRequest normal(AdminRequest admin) {
    return admin.hasSplits()
        ? admin.getSplits()
        : BatchSplitRequest.newBuilder()
            .setRightDerive(admin.getSplit().getRightDerive())
            .addRequests(admin.getSplit())
            .build();
  }

  private static List<Region> cut(BatchSplitRequest request, Region region) {
    if (request.getRequestsCount() == 0) {
      throw new Refusal.Invalid("split without a key");
    }
    if (Regions.isSystem(region)) {
      throw new Refusal.Invalid("the system region is never split");
    }
    if (RegionMembers.isJoint(region)) {
      throw new Refusal.Invalid("a region between two memberships is not split");
    }
    List<ByteString> bounds = new ArrayList<>();
    bounds.add(region.getStartKey());
    for (SplitRequest split : request.getRequestsList()) {
      ByteString key = split.getSplitKey();
      if (key.isEmpty() || Regions.compare(key, bounds.get(bounds.size() - 1)) <= 0) {
        throw new Refusal.Invalid("invalid split request: the key is not past the start");
      }
      Regions.checkKey(key, region);
      if (split.getNewPeerIdsCount() != region.getPeersCount()) {
        throw new Refusal.Invalid(
            "invalid new peer id count: need "
                + region.getPeersCount()
                + ", got "
                + split.getNewPeerIdsCount());
      }
      bounds.add(key);
    }
    bounds.add(region.getEndKey());
    Region.Builder base = region.toBuilder();
    base.getRegionEpochBuilder()
        .setVersion(region.getRegionEpoch().getVersion() + request.getRequestsCount());
    int parts = request.getRequestsCount() + 1;
    int derivedAt = request.getRightDerive() ? parts - 1 : 0;
    List<Region> regions = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      Region.Builder part = base.clone().setStartKey(bounds.get(i)).setEndKey(bounds.get(i + 1));
      if (i != derivedAt) {
        rename(part, request.getRequests(i < derivedAt ? i : i - 1));
      }
      regions.add(part.build());
    }
    return regions;
  }

  /** New peers take over the places of the old ones; every voter stays one. */
  private static void rename(Region.Builder part, SplitRequest split) {
    part.setId(split.getNewRegionId());
    for (int i = 0; i < part.getPeersCount(); i++) {
      Peer peer = part.getPeers(i);
      part.setPeers(
          i,
          peer.toBuilder()
              .setId(split.getNewPeerIds(i))
              .setRole(peer.getRole() == PeerRole.Learner ? PeerRole.Learner : PeerRole.Voter));
    }
  }
}
