package dev.flotilla.sim.cluster;

import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.pd.SplitCommand;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.verticle.cluster.LeaderCommands;
import java.util.function.Consumer;

/**
 * The placement driver of one process and its way to the one that drives: what the shell does over
 * the event bus, over the simulated network.
 */
final class PlacementNode {
  static final String SHARED_SETTINGS = "simulated";

  private static final long ANNOUNCE_NANOS = 500 * Timeline.MILLI;
  private static final long TICK_NANOS = 100 * Timeline.MILLI;
  private static final long PATIENCE_NANOS = 3 * Timeline.SECOND;

  private final SimProcess process;
  private final SimMachine machine;
  private final World world;
  private final SimWorker<Runnable> worker;
  private final PlacementDriver driver;

  /** The term that this process drives in; 0 when it does not. */
  private long term;

  /** Whom to ask: the store that drove in the highest term heard of. */
  private int driverStore;

  private long driverTerm;

  /** How often this process has said that it drives in its present term. */
  private long announced;

  PlacementNode(SimProcess process, SimMachine machine, World world) {
    this.process = process;
    this.machine = machine;
    this.world = world;
    this.worker =
        new SimWorker<>(
            process,
            1,
            32,
            tasks -> {
              tasks.forEach(Runnable::run);
              afterBatch();
            });
    this.driver =
        new PlacementDriver(
            SimCluster.CLUSTER_ID,
            SimCluster.record(machine.id(), machine.address()),
            process,
            worker,
            machine.clock(),
            new PlacementRules(
                3,
                world.knobs().placement().storeDownNanos(),
                Long.MAX_VALUE,
                SHARED_SETTINGS,
                1 << 20),
            this::command);
  }

  boolean isActive() {
    return term != 0;
  }

  /** Lets {@code request} run where the driver runs. */
  void submit(Consumer<PlacementDriver> request) {
    worker.schedule(() -> request.accept(driver));
  }

  private void afterBatch() {
    long now = driver.term();
    if (now == term) {
      return;
    }
    boolean begins = term == 0;
    term = now;
    if (now != 0) {
      world.tally().add("driver active");
      announced = 0;
      announce();
      if (begins) {
        tick();
      }
    }
  }

  private void tick() {
    if (term != 0) {
      submit(PlacementDriver::tick);
      process.later(TICK_NANOS, this::tick);
    }
  }

  private void announce() {
    long said = term;
    boolean wantsRegions = Long.bitCount(++announced) == 1 && !driver.isReady();
    int self = machine.id();
    onDriverHint(self, said, wantsRegions);
    world.control().forEachOther(self, node -> node.onDriverHint(self, said, wantsRegions));
    process.later(
        ANNOUNCE_NANOS,
        () -> {
          if (term == said) {
            announce();
          }
        });
  }

  private void onDriverHint(int store, long hintTerm, boolean wantsRegions) {
    if (hintTerm < driverTerm) {
      return;
    }
    boolean isNew = hintTerm > driverTerm;
    driverStore = store;
    driverTerm = hintTerm;
    if (isNew) {
      process.send(new Msg.Ticked(Tick.STORE_HEARTBEAT));
    }
    if (isNew || wantsRegions) {
      process.send(new Msg.Ticked(Tick.REGION_HEARTBEAT));
    }
  }

  /** Lets {@code request} run at the driver, wherever that is, if it gets there. */
  void atDriver(Consumer<PlacementDriver> request) {
    if (isActive()) {
      submit(request);
    } else if (driverStore != 0 && driverStore != machine.id()) {
      world.control().send(machine.id(), driverStore, node -> node.submit(request));
    }
  }

  /** Takes what the store has to say. */
  boolean report(PlacementTask task) {
    boolean ofSystem =
        (task instanceof PlacementTask.Leads leads && Regions.isSystem(leads.region()))
            || (task instanceof PlacementTask.Lost lost
                && lost.regionId() == Regions.SYSTEM_REGION_ID);
    if (ofSystem) {
      submit(pd -> pd.onReport(task));
    } else if (task instanceof PlacementTask.Leads leads) {
      atDriver(pd -> pd.onRegion(leads));
    } else if (task instanceof PlacementTask.StoreStats stats) {
      StoreStats told =
          StoreStats.newBuilder()
              .setStoreId(machine.id())
              .setRegionCount(stats.regionCount())
              .build();
      atDriver(pd -> pd.onStore(told));
    } else if (task instanceof PlacementTask.AskSplit wish) {
      askForSplit(wish);
    } else if (task instanceof PlacementTask.ValidatePeer validate) {
      world.tally().add("peer validated");
      int asked = askedStore();
      atDriver(
          pd ->
              pd.region(
                  validate.region().getId(),
                  Answer.of(
                      region -> reply(asked, node -> node.judge(validate, region)), reason -> {})));
    }
    return true;
  }

  private int askedStore() {
    return isActive() ? machine.id() : driverStore;
  }

  /** An answer of the store that was asked goes back over the network. */
  private void reply(int asked, Consumer<PlacementNode> action) {
    world.control().send(asked, machine.id(), action);
  }

  private void askForSplit(PlacementTask.AskSplit wish) {
    Callback asked = wish.callback();
    Callback callback = asked == null ? Callback.IGNORE : asked;
    long count = SplitCommand.idsNeeded(wish);
    boolean[] answered = {false};
    Runnable refuse =
        () -> {
          if (!answered[0]) {
            answered[0] = true;
            callback.refused(new Refusal.ServerIsBusy("the placement driver gives no ids now"));
          }
        };
    int from = askedStore();
    atDriver(
        pd ->
            pd.allocate(
                count,
                world
                    .numbers()
                    .ids(
                        count,
                        first ->
                            reply(
                                from,
                                node -> {
                                  if (!answered[0] && node == this) {
                                    answered[0] = true;
                                    process.send(
                                        new Msg.Command(SplitCommand.of(wish, first), callback));
                                  }
                                }))));
    process.later(PATIENCE_NANOS, refuse);
  }

  /** A replica that a newer region does not know is told to go. */
  private void judge(PlacementTask.ValidatePeer task, Region known) {
    if (Regions.isInitialized(known)
        && known.getRegionEpoch().getConfVer() >= task.region().getRegionEpoch().getConfVer()
        && known.getRegionEpoch().getVersion() >= task.region().getRegionEpoch().getVersion()
        && RegionMembers.find(known, task.peer().getId()) == null) {
      process.send(
          new Msg.Raft(
              RaftMessage.newBuilder()
                  .setRegionId(known.getId())
                  .setRegionEpoch(known.getRegionEpoch())
                  .setFromPeer(task.peer())
                  .setToPeer(task.peer())
                  .setIsTombstone(true)
                  .build()));
    }
  }

  private void command(long toStore, RegionHeartbeatResponse command) {
    world.tally().add("operator step");
    if (toStore == machine.id()) {
      LeaderCommands.run(command, process, refused -> {});
    } else {
      world
          .control()
          .send(
              machine.id(),
              (int) toStore,
              node -> LeaderCommands.run(command, node.process, refused -> {}));
    }
  }

  /** Runs {@code action} of another node here. */
  void receive(Consumer<PlacementNode> action) {
    process.now(() -> action.accept(this));
  }

  /** The record of a store that asks to join, without an id. */
  static Store candidate(String address) {
    return SimCluster.record(0, address);
  }
}
