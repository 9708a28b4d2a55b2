package dev.flotilla.raftstore.apply;

import dev.flotilla.engine.Engine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.AdminResponse;
import dev.flotilla.proto.raft_cmdpb.BatchSplitResponse;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerResponse;
import dev.flotilla.proto.raft_cmdpb.ChangePeerV2Response;
import dev.flotilla.proto.raft_cmdpb.SplitResponse;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raftstore.HashVerdict;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs admin commands: those that change the region rather than its data. */
final class AdminExecutor {
  /**
   * What a command came to.
   *
   * @param result what the store loop must know, or null
   */
  record Outcome(AdminResponse.Builder response, @Nullable ExecResult result) {}

  private final Engine kv;

  AdminExecutor(Engine kv) {
    this.kv = kv;
  }

  /** Whether the command looks at the engine, so that all earlier writes must be in it. */
  static boolean reads(AdminRequest admin) {
    return switch (admin.getCmdType()) {
      case ComputeHash, Split, BatchSplit -> true;
      default -> false;
    };
  }

  /** Whether the command changes what is deleted or served where, so that its write is synced. */
  static boolean mustSync(AdminRequest admin) {
    return switch (admin.getCmdType()) {
      case ChangePeer, ChangePeerV2, Split, BatchSplit -> true;
      default -> false;
    };
  }

  /**
   * Executes {@code admin}.
   *
   * @param change the membership change that carried it, or null
   * @throws Refusal when it does not fit the region; alike on every replica
   */
  Outcome execute(
      AdminRequest admin,
      @Nullable ConfChange change,
      Region region,
      long peerId,
      ApplyPosition position,
      ApplyBatch batch) {
    AdminResponse.Builder response = AdminResponse.newBuilder().setCmdType(admin.getCmdType());
    return switch (admin.getCmdType()) {
      case CompactLog -> new Outcome(response, compactLog(admin, position));
      case ChangePeer, ChangePeerV2 ->
          changePeer(admin, change, region, peerId, position, batch, response);
      case Split, BatchSplit -> split(admin, region, position, batch, response);
      case ComputeHash ->
          new Outcome(
              response, new ExecResult.ComputeHash(region, position.appliedIndex(), kv.snapshot()));
      case VerifyHash -> new Outcome(response, verifyHash(admin, region, batch));
      default ->
          throw new Refusal.Invalid("admin command is not supported: " + admin.getCmdType().name());
    };
  }

  private static @Nullable ExecResult compactLog(AdminRequest admin, ApplyPosition position) {
    RaftTruncatedState truncated =
        CompactLogExecutor.execute(
            admin.getCompactLog(), position.truncated(), position.appliedIndex());
    if (truncated == null) {
      return null;
    }
    position.truncate(truncated);
    return new ExecResult.CompactLog(truncated);
  }

  private static ExecResult verifyHash(AdminRequest admin, Region region, ApplyBatch batch) {
    HashVerdict verdict = HashVerdict.of(admin.getVerifyHash());
    Region changed = verdict.applyTo(region);
    if (changed != null) {
      RegionStates.putRegionState(batch.writes(), changed, PeerState.Normal);
      // Whoever is out of service stays so, whatever happens next.
      batch.requireSync();
    }
    return new ExecResult.VerifyHash(verdict, changed);
  }

  private static Outcome changePeer(
      AdminRequest admin,
      @Nullable ConfChange change,
      Region region,
      long peerId,
      ApplyPosition position,
      ApplyBatch batch,
      AdminResponse.Builder response) {
    if (change == null) {
      throw new Refusal.Invalid("membership changes need an entry of their own kind");
    }
    Region changed = ChangePeerExecutor.execute(changes(admin), region);
    boolean removed = RegionMembers.find(changed, peerId) == null;
    RegionStates.putRegionState(
        batch.writes(), changed, removed ? PeerState.Tombstone : PeerState.Normal);
    if (admin.hasChangePeer()) {
      response.setChangePeer(ChangePeerResponse.newBuilder().setRegion(changed));
    } else {
      response.setChangePeerV2(ChangePeerV2Response.newBuilder().setRegion(changed));
    }
    return new Outcome(
        response, new ExecResult.ChangePeer(position.appliedIndex(), change, changed));
  }

  private static List<ChangePeerRequest> changes(AdminRequest admin) {
    return admin.hasChangePeer()
        ? List.of(admin.getChangePeer())
        : admin.getChangePeerV2().getChangesList();
  }

  private Outcome split(
      AdminRequest admin,
      Region region,
      ApplyPosition position,
      ApplyBatch batch,
      AdminResponse.Builder response) {
    ExecResult.Split split =
        SplitExecutor.execute(admin, region, position.stampMillis(), kv, batch.writes());
    if (admin.hasSplits()) {
      response.setSplits(BatchSplitResponse.newBuilder().addAllRegions(split.regions()));
    } else {
      response.setSplit(
          SplitResponse.newBuilder()
              .setLeft(split.regions().get(0))
              .setRight(split.regions().get(1)));
    }
    return new Outcome(response, split);
  }
}
