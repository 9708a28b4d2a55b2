package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Drills of several steps, to corners of the algorithm that chance hardly ever reaches. */
final class Corners {
  private static final int VOTERS = 3;
  private static final int WRITES = 25;

  private final SimCluster cluster;
  private final ClientModel clients;
  private final AdminModel admin;

  Corners(SimCluster cluster, ClientModel clients, AdminModel admin) {
    this.cluster = cluster;
    this.clients = clients;
    this.admin = admin;
  }

  /** A region of three voters, as its leader sees it. */
  private record Group(RegionStatus leader, int leaderStore, List<Integer> followers) {}

  private @Nullable Group find(String key) {
    Directory.Route route = cluster.world().directory().byKey(ByteString.copyFromUtf8(key));
    if (route == null) {
      return null;
    }
    int store = (int) route.leader().getStoreId();
    SimProcess process = cluster.processOf(store);
    RegionStatus status =
        process == null ? null : process.store().regionStatus(route.region().getId());
    if (status == null || !status.serving() || status.region().getPeersCount() != VOTERS) {
      return null;
    }
    List<Integer> followers = new ArrayList<>();
    for (Peer peer : status.region().getPeersList()) {
      if (peer.getRole() != PeerRole.Voter) {
        return null;
      }
      if (peer.getStoreId() != store) {
        followers.add((int) peer.getStoreId());
      }
    }
    return new Group(status, store, followers);
  }

  private void after(long millis, Runnable action) {
    cluster.world().timeline().after(millis * Timeline.MILLI, action);
  }

  /** The old followers have logged two new members that they have not applied, and are alone. */
  void changeUnapplied(String key) {
    Group group = find(key);
    if (group == null) {
      return;
    }
    for (int store : group.followers) {
      SimProcess process = cluster.processOf(store);
      if (process != null) {
        process.stallApply(7 * Timeline.SECOND);
      }
    }
    after(50, () -> addVoter(key));
    after(500, () -> addVoter(key));
    after(
        2_000,
        () -> {
          clients.write(key, WRITES);
          for (int follower : group.followers) {
            for (SimMachine other : cluster.machines()) {
              if (!group.followers.contains(other.id())) {
                cut(follower, other.id(), 4_000);
                cut(other.id(), follower, 4_000);
              }
            }
          }
        });
  }

  private void addVoter(String key) {
    Directory.Route route = cluster.world().directory().byKey(ByteString.copyFromUtf8(key));
    if (route == null) {
      return;
    }
    for (SimMachine machine : cluster.machines()) {
      if (Regions.peerOn(route.region(), machine.id()) == null) {
        admin.addPeer(route, machine.id(), false);
        return;
      }
    }
  }

  /**
   * The figure 8 of the Raft paper, with three replicas: a leader logs entries alone; another one
   * leads and logs one alone; the first leads again and brings its old entries, but none of its new
   * term, to the third; then the second leads, whose log the third must take over.
   */
  void oldEntryOnQuorum(String key) {
    Group group = find(key);
    if (group == null) {
      return;
    }
    long region = group.leader.region().getId();
    OldEntriesOnly rule = new OldEntriesOnly(region, group.leaderStore, group.leader.term());
    cluster.world().network().dropping(rule);
    after(250, () -> isolate(group.leaderStore, 2_750));
    after(3_000, () -> secondAct(group, rule));
    after(10_000, () -> cluster.world().network().notDropping(rule));
  }

  private void secondAct(Group group, OldEntriesOnly rule) {
    for (int store : group.followers) {
      SimProcess process = cluster.processOf(store);
      RegionStatus status = process == null ? null : process.store().regionStatus(rule.regionId);
      if (status != null && status.leading() && status.term() > rule.term) {
        rule.first = false;
        isolate(store, 3_500);
        after(
            3_500,
            () -> {
              cluster.world().network().notDropping(rule);
              isolate(group.leaderStore, 3_000);
            });
        return;
      }
    }
    cluster.world().network().notDropping(rule);
  }

  private void isolate(int store, long millis) {
    for (SimMachine other : cluster.machines()) {
      cut(store, other.id(), millis);
      cut(other.id(), store, millis);
    }
  }

  private void cut(int from, int to, long millis) {
    if (from != to) {
      SimNetwork network = cluster.world().network();
      network.cut(from, to);
      after(millis, () -> network.mend(from, to));
    }
  }

  /** Which appends are lost, so that the entries of a leader get where the drill wants them. */
  private static final class OldEntriesOnly implements Predicate<RaftMessage> {
    final long regionId;
    final int leaderStore;
    final long term;
    boolean first = true;
    private boolean oldEntriesSent;

    OldEntriesOnly(long regionId, int leaderStore, long term) {
      this.regionId = regionId;
      this.leaderStore = leaderStore;
      this.term = term;
    }

    @Override
    public boolean test(RaftMessage message) {
      if (message.getRegionId() != regionId
          || message.getMessage().getMsgType() != MessageType.MsgAppend) {
        return false;
      }
      if (first || message.getFromPeer().getStoreId() != leaderStore) {
        return true;
      }
      boolean newEntry = false;
      for (Entry entry : message.getMessage().getEntriesList()) {
        newEntry |= entry.getTerm() > term;
      }
      oldEntriesSent |= !newEntry && message.getMessage().getEntriesCount() > 0;
      // Before that a new entry only tells the leader where the log of the third ends.
      return newEntry && oldEntriesSent;
    }
  }
}
