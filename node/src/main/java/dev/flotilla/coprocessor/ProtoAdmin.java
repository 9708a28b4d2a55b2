package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.AdminKind;
import dev.flotilla.coprocessor.api.AdminView;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.PeerChange;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import java.util.List;
import java.util.OptionalLong;

/** An admin command as plugins see it. */
class ProtoAdmin implements AdminView {
  private AdminRequest request;

  ProtoAdmin(AdminRequest request) {
    this.request = request;
  }

  final AdminRequest request() {
    return request;
  }

  final void replace(AdminRequest next) {
    request = next;
  }

  @Override
  public final AdminKind kind() {
    return switch (request.getCmdType()) {
      case Split, BatchSplit -> AdminKind.SPLIT;
      case ChangePeer, ChangePeerV2 -> AdminKind.CHANGE_PEER;
      case TransferLeader -> AdminKind.TRANSFER_LEADER;
      case CompactLog -> AdminKind.COMPACT_LOG;
      case ComputeHash -> AdminKind.COMPUTE_HASH;
      case VerifyHash -> AdminKind.VERIFY_HASH;
      default -> AdminKind.OTHER;
    };
  }

  @Override
  public final List<Bytes> splitKeys() {
    return switch (request.getCmdType()) {
      case Split -> List.of(ProtoBytes.of(request.getSplit().getSplitKey()));
      case BatchSplit ->
          request.getSplits().getRequestsList().stream()
              .map(split -> ProtoBytes.of(split.getSplitKey()))
              .toList();
      default -> List.of();
    };
  }

  @Override
  public final List<PeerChange> peerChanges() {
    return switch (request.getCmdType()) {
      case ChangePeer -> List.of(change(request.getChangePeer()));
      case ChangePeerV2 ->
          request.getChangePeerV2().getChangesList().stream().map(ProtoAdmin::change).toList();
      default -> List.of();
    };
  }

  private static PeerChange change(ChangePeerRequest change) {
    PeerChange.Kind kind =
        switch (change.getChangeType()) {
          case AddNode -> PeerChange.Kind.ADD;
          case RemoveNode -> PeerChange.Kind.REMOVE;
          case AddLearnerNode -> PeerChange.Kind.ADD_LEARNER;
          default -> throw new AssertionError("unknown change " + change.getChangeType());
        };
    return new PeerChange(kind, ProtoRegion.peer(change.getPeer()));
  }

  @Override
  public final List<PeerView> transferTargets() {
    if (request.getCmdType() != AdminCmdType.TransferLeader) {
      return List.of();
    }
    TransferLeaderRequest transfer = request.getTransferLeader();
    return transfer.getPeersCount() > 0
        ? transfer.getPeersList().stream().map(ProtoRegion::peer).toList()
        : List.of(ProtoRegion.peer(transfer.getPeer()));
  }

  @Override
  public final OptionalLong compactIndex() {
    return request.getCmdType() == AdminCmdType.CompactLog
        ? OptionalLong.of(request.getCompactLog().getCompactIndex())
        : OptionalLong.empty();
  }
}
