package dev.flotilla.sim.cluster;

import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * A machine whose disk was wiped comes back: first as the store that it was, which must be refused
 * if that ever was in a region, then, when the old store has been deleted, as a new one. Everything
 * is asked again until it is answered.
 */
final class Rejoin {
  private static final long RETRY_NANOS = Timeline.SECOND;

  private final World world;
  private final SimCluster cluster;
  private final SimMachine machine;
  private final boolean wasMember;
  private final Dice dice;
  private final ObjIntConsumer<String> onAdmitted;
  private final long incarnation;
  private Consumer<PlacementDriver> question;
  private boolean done;
  private int admitted;
  private String admittedAt = "";

  /**
   * @param wasMember whether the store was in a region when its disk was wiped
   * @param onAdmitted told the new store's address and id
   */
  Rejoin(
      SimCluster cluster,
      SimMachine machine,
      boolean wasMember,
      Dice dice,
      ObjIntConsumer<String> onAdmitted) {
    this.world = cluster.world();
    this.cluster = cluster;
    this.machine = machine;
    this.wasMember = wasMember;
    this.dice = dice;
    this.onAdmitted = onAdmitted;
    this.incarnation = dice.seed();
    this.question = this::joinAsBefore;
  }

  void begin() {
    try {
      Bootstrap.beginJoining(new Engines(machine.kv(), machine.raft()), incarnation);
    } catch (EngineException e) {
      startAgain();
      world.timeline().after(RETRY_NANOS, this::begin);
      return;
    }
    ask();
  }

  /** A node stops when its disk fails, and goes on where it was when it is started again. */
  private void startAgain() {
    world.tally().add("joined in vain");
    machine.reopen();
  }

  private void ask() {
    if (done) {
      return;
    }
    SimProcess any = dice.pick(cluster.machines()).process();
    if (any != null) {
      any.placement().receive(node -> node.atDriver(pd -> question.accept(pd)));
    }
    world.timeline().after(RETRY_NANOS / 2 + dice.between(0, RETRY_NANOS), this::ask);
  }

  private JoinRequest request(String address) {
    return JoinRequest.newBuilder()
        .setIncarnation(incarnation)
        .setStore(PlacementNode.candidate(address))
        .setSharedSettings(PlacementNode.SHARED_SETTINGS)
        .build();
  }

  private void joinAsBefore(PlacementDriver pd) {
    pd.join(
        request(machine.address()),
        Answer.of(
            response -> {
              if (response.getRefusal().isEmpty()) {
                Violation.check(
                    admitted != 0 || (!wasMember && !new Wipes(cluster).isMember(machine)),
                    "store %d was let in again with an empty disk",
                    machine.id());
                world.tally().add("newcomer displaced");
                onAnswer(machine.address(), response);
                return;
              }
              world.tally().add("wiped store refused");
              question = this::deleteOldStore;
            },
            reason -> {}));
  }

  private void deleteOldStore(PlacementDriver pd) {
    pd.setStoreState(
        machine.id(),
        StoreState.Tombstone,
        Answer.of(store -> question = this::joinAnew, reason -> {}));
  }

  /** From another address: the old store may still have replicas on record. */
  private void joinAnew(PlacementDriver pd) {
    String address = machine.address() + "-new";
    pd.join(request(address), Answer.of(response -> onAnswer(address, response), reason -> {}));
  }

  private void onAnswer(String address, JoinResponse response) {
    Violation.check(
        response.getRefusal().isEmpty(), "a new store was refused: %s", response.getRefusal());
    int id = (int) response.getStoreId();
    Violation.check(
        admitted == 0 || admitted == id, "one node was given stores %d and %d", admitted, id);
    if (admitted == 0) {
      admitted = id;
      admittedAt = address;
    }
    // A question more is under way now and then; its answer must be the same.
    if (!done) {
      try {
        Bootstrap.join(
            new Engines(machine.kv(), machine.raft()),
            SimCluster.CLUSTER_ID,
            response.getStoreId());
      } catch (EngineException e) {
        startAgain();
        return;
      }
      done = true;
      world.tally().add("store joined");
      onAdmitted.accept(admittedAt, id);
    }
  }
}
