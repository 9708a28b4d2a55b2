package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raft.ConfState;
import dev.flotilla.raft.IdSet;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.apply.ChangePeerExecutor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Invariant: a membership change never leaves a quorum that cannot go on at once: of its members a
 * majority was heard of lately and needs no snapshot.
 */
final class ConfChangeGuard {
  private ConfChangeGuard() {}

  /**
   * Checks a membership change before it is proposed.
   *
   * @param truncatedIndex a peer whose log ends before it needs a snapshot
   * @param heard whether a peer was heard of lately
   * @throws Refusal when it must not be, now or ever
   */
  static void check(
      AdminRequest admin, Region region, RawNode raft, long truncatedIndex, LongPredicate heard) {
    if (raft.pendingConfIndex() > raft.applied()) {
      throw new Refusal.ServerIsBusy("there is a pending conf change, try later");
    }
    List<ChangePeerRequest> changes = changes(admin);
    for (ChangePeerRequest change : changes) {
      if (change.getPeer().getId() == raft.id()
          && change.getChangeType() != ConfChangeType.AddNode) {
        throw new Refusal.Invalid("ignore remove leader");
      }
    }
    Region changed = ChangePeerExecutor.execute(changes, region);
    if (raft.confState().voters().size() == 1 && !raft.confState().isJoint()) {
      return;
    }
    Set<Long> healthy = new HashSet<>();
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (match >= truncatedIndex && (id == raft.id() || heard.test(id))) {
            healthy.add(id);
          }
        });
    ConfState members = RegionMembers.confState(changed);
    checkQuorum(members.voters(), healthy);
    checkQuorum(members.votersOutgoing(), healthy);
  }

  private static void checkQuorum(IdSet voters, Set<Long> healthy) {
    int count = 0;
    for (long id : voters.toArray()) {
      if (healthy.contains(id)) {
        count++;
      }
    }
    if (!voters.isEmpty() && count < voters.size() / 2 + 1) {
      throw new Refusal.Invalid(
          "unsafe to perform conf change: of "
              + voters.size()
              + " voters only "
              + count
              + " are healthy");
    }
  }

  private static List<ChangePeerRequest> changes(AdminRequest admin) {
    return admin.hasChangePeer()
        ? List.of(admin.getChangePeer())
        : admin.getChangePeerV2().getChangesList();
  }

  /** What raft is asked for; {@code command} goes along for apply. */
  static ConfChange toRaft(AdminRequest admin, byte[] command) {
    List<ConfChange.Single> singles = new ArrayList<>();
    for (ChangePeerRequest change : changes(admin)) {
      singles.add(new ConfChange.Single(type(change), change.getPeer().getId()));
    }
    Payload context = Payload.of(command);
    if (singles.size() == 1) {
      return new ConfChange.V1(singles.get(0).type(), singles.get(0).nodeId(), context);
    }
    return new ConfChange.V2(
        singles.isEmpty() ? ConfChange.Transition.AUTO : ConfChange.Transition.JOINT_IMPLICIT,
        singles,
        context);
  }

  private static ConfChange.Type type(ChangePeerRequest change) {
    return switch (change.getChangeType()) {
      case AddNode -> ConfChange.Type.ADD_NODE;
      case RemoveNode -> ConfChange.Type.REMOVE_NODE;
      case AddLearnerNode -> ConfChange.Type.ADD_LEARNER_NODE;
      case UNRECOGNIZED -> throw new Refusal.Invalid("unknown kind of membership change");
    };
  }
}
