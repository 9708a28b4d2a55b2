package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerV2Request;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Operators who do everything at once: move leaders and replicas, split regions, compare data. */
final class AdminModel {
  private static final int REGIONS_MAX = 12;

  private final World world;
  private final IntFunction<@Nullable SimProcess> processes;
  private final Supplier<List<Integer>> stores;
  private final Dice dice;

  /** Of its own, so that what seeds did before there were joint changes stays as it was. */
  private final Dice joint;

  private final double jointOdds;
  private final List<String> outcomes = new ArrayList<>();
  private boolean over;

  /**
   * @param processes the running process of a store, or null
   * @param stores ids of all stores that there are
   */
  AdminModel(
      long seed,
      World world,
      IntFunction<@Nullable SimProcess> processes,
      Supplier<List<Integer>> stores) {
    this.stores = stores;
    this.world = world;
    this.processes = processes;
    this.dice = new Dice(seed, "operators");
    this.joint = new Dice(seed, "joint changes");
    this.jointOdds = joint.chance(0.5) ? joint.fraction() : 0;
  }

  void begin() {
    Knobs.Duties duties = world.knobs().duties();
    repeat(duties.transfers(), this::transferLeader);
    repeat(duties.memberChanges(), this::changeMember);
    repeat(duties.splits(), this::split);
  }

  /** What became of each order so far. */
  List<String> outcomes() {
    return outcomes;
  }

  /** No more orders. */
  void end() {
    over = true;
  }

  private void repeat(double everySeconds, Runnable duty) {
    if (everySeconds > 0) {
      long nanos = (long) (everySeconds * 2 * dice.fraction() * Timeline.SECOND);
      world
          .timeline()
          .after(
              nanos,
              () -> {
                if (!over) {
                  duty.run();
                  repeat(everySeconds, duty);
                }
              });
    }
  }

  private Directory.@Nullable Route anyRegion() {
    List<Directory.Route> all = world.directory().all();
    return all.isEmpty() ? null : dice.pick(all);
  }

  private void transferLeader() {
    Directory.Route route = anyRegion();
    if (route != null) {
      transferLeader(route, dice.pick(route.region().getPeersList()));
    }
  }

  void transferLeader(Directory.Route route, Peer to) {
    order(
        "transfer",
        route,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.TransferLeader)
            .setTransferLeader(TransferLeaderRequest.newBuilder().setPeer(to)));
  }

  /** Adds where there are too few, removes where there are too many, replaces where it is right. */
  private void changeMember() {
    Directory.Route route = anyRegion();
    if (route == null) {
      return;
    }
    Region region = route.region();
    List<Integer> free = new ArrayList<>();
    for (int store : stores.get()) {
      if (Regions.peerOn(region, store) == null) {
        free.add(store);
      }
    }
    if (joint.chance(jointOdds)) {
      changeSeveral(route, free);
      return;
    }
    for (Peer peer : region.getPeersList()) {
      if (peer.getRole() == PeerRole.Learner) {
        changeMember(route, ConfChangeType.AddNode, peer.toBuilder().clearRole().build());
        return;
      }
    }
    boolean add =
        !free.isEmpty()
            && (region.getPeersCount() < 3 || (region.getPeersCount() == 3 && dice.chance(0.5)));
    if (add) {
      addPeer(route, dice.pick(free), dice.chance(0.6));
    } else if (region.getPeersCount() > 2) {
      changeMember(route, ConfChangeType.RemoveNode, dice.pick(region.getPeersList()));
    }
  }

  /** A random voter makes way for a learner or a new peer, if there is one. */
  private void changeSeveral(Directory.Route route, List<Integer> free) {
    List<Peer> voters = new ArrayList<>();
    Peer learner = null;
    for (Peer peer : route.region().getPeersList()) {
      if (peer.getRole() == PeerRole.Learner) {
        learner = peer;
      } else {
        voters.add(peer);
      }
    }
    Peer out = joint.pick(voters);
    if (learner != null) {
      swap(route, learner, out);
    } else if (!free.isEmpty()) {
      Peer.Builder in = Peer.newBuilder().setStoreId(joint.pick(free));
      withIds(1, id -> swap(route, in.setId(id).build(), out));
    }
  }

  /** One becomes a voter and another one a learner, through a joint configuration. */
  void swap(Directory.Route route, Peer in, Peer out) {
    order(
        "conf change",
        route,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.ChangePeerV2)
            .setChangePeerV2(
                ChangePeerV2Request.newBuilder()
                    .addChanges(change(ConfChangeType.AddNode, in.toBuilder().clearRole().build()))
                    .addChanges(change(ConfChangeType.AddLearnerNode, out))));
  }

  private static ChangePeerRequest.Builder change(ConfChangeType type, Peer peer) {
    return ChangePeerRequest.newBuilder().setChangeType(type).setPeer(peer);
  }

  void addPeer(Directory.Route route, int store, boolean learner) {
    Peer.Builder peer = Peer.newBuilder().setStoreId(store);
    if (learner) {
      peer.setRole(PeerRole.Learner);
    }
    withIds(
        1,
        id ->
            changeMember(
                route,
                learner ? ConfChangeType.AddLearnerNode : ConfChangeType.AddNode,
                peer.setId(id).build()));
  }

  /** Ids from where all come from, as a later one must be greater. */
  private void withIds(int count, LongConsumer use) {
    if (!world.knobs().placement().real()) {
      use.accept(world.directory().newIds(count));
      return;
    }
    SimProcess any = processes.apply(dice.pick(stores.get()));
    if (any != null) {
      LongConsumer soon = first -> world.timeline().after(Timeline.MILLI, () -> use.accept(first));
      any.placement()
          .receive(
              node -> node.atDriver(pd -> pd.allocate(count, world.numbers().ids(count, soon))));
    }
  }

  void changeMember(Directory.Route route, ConfChangeType type, Peer peer) {
    order(
        "conf change",
        route,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.ChangePeer)
            .setChangePeer(change(type, peer)));
  }

  private void split() {
    Directory.Route route = anyRegion();
    if (route == null || world.directory().all().size() >= REGIONS_MAX) {
      return;
    }
    ByteString key = ByteString.copyFromUtf8(ClientModel.key(dice.below(world.knobs().keys())));
    split(route, key, dice.chance(0.5));
  }

  void split(Directory.Route route, ByteString key, boolean rightDerive) {
    if (!Regions.contains(route.region(), key) || key.equals(route.region().getStartKey())) {
      return;
    }
    splitUnchecked(route, key, rightDerive);
  }

  /** Splits wherever {@code key} is now. */
  void splitInUse(ByteString key, boolean rightDerive) {
    Directory.Route route = world.directory().byKey(key);
    if (route != null && world.directory().all().size() < REGIONS_MAX + 6) {
      split(route, key, rightDerive);
    }
  }

  /** Asks for a voter on every store without one, all at once; false when there is none. */
  boolean addWhereMissing(Directory.Route route) {
    boolean asked = false;
    for (int store : stores.get()) {
      if (Regions.peerOn(route.region(), store) == null) {
        addPeer(route, store, false);
        asked = true;
      }
    }
    return asked;
  }

  void splitUnchecked(Directory.Route route, ByteString key, boolean rightDerive) {
    SplitRequest.Builder split =
        SplitRequest.newBuilder().setSplitKey(key).setRightDerive(rightDerive);
    int peers = route.region().getPeersCount();
    withIds(
        1 + peers,
        first -> {
          split.setNewRegionId(first);
          for (int i = 1; i <= peers; i++) {
            split.addNewPeerIds(first + i);
          }
          order(
              "split",
              route,
              AdminRequest.newBuilder().setCmdType(AdminCmdType.Split).setSplit(split));
        });
  }

  private void order(String what, Directory.Route route, AdminRequest.Builder admin) {
    SimProcess process = processes.apply((int) route.leader().getStoreId());
    if (process == null) {
      return;
    }
    RaftCmdRequest command =
        RaftCmdRequest.newBuilder()
            .setHeader(
                RaftRequestHeader.newBuilder()
                    .setRegionId(route.region().getId())
                    .setRegionEpoch(route.region().getRegionEpoch())
                    .setPeer(route.leader()))
            .setAdminRequest(admin)
            .build();
    world.trace().add(what, route.region().getId(), route.leader().getStoreId());
    process.later(0, () -> process.send(new Msg.Command(command, new Outcome(what))));
  }

  /** Counts what became of an order. */
  private final class Outcome implements Callback {
    private final String what;
    private boolean answered;

    Outcome(String what) {
      this.what = what;
    }

    @Override
    public void done(RaftCmdResponse response) {
      answerOnce();
      world.tally().add(what + " done");
      outcomes.add("done");
    }

    @Override
    public void readable(ReadGrant grant) {
      grant.close();
      throw new Violation("an order was answered as a read");
    }

    @Override
    public void refused(Refusal refusal) {
      answerOnce();
      world.tally().add(what + " refused");
      outcomes.add("refused: " + refusal.text());
    }

    private void answerOnce() {
      Violation.check(!answered, "%s was answered twice", what);
      answered = true;
    }
  }
}
