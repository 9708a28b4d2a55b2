package dev.flotilla.sim;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.apply.ApplyBursts;
import dev.flotilla.raftstore.apply.ApplyRunner;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.peer.StoreDisks;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.store.Store;
import dev.flotilla.raftstore.task.LogGcRunner;
import dev.flotilla.raftstore.task.LogGcTask;
import dev.flotilla.verticle.NoTransport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One store and its workers; each runs when told, so that every interleaving can be had. */
final class SimStore {
  private final SimEngine kv;
  private final SimEngine raft;
  private final Store store;
  private final ApplyRunner applyRunner;
  private final LogGcRunner logGcRunner;
  private final ArrayDeque<Msg> inbox = new ArrayDeque<>();
  private final ArrayDeque<ApplyTask> applyTasks = new ArrayDeque<>();
  private final ArrayDeque<LogGcTask> logGcTasks = new ArrayDeque<>();
  private final List<PlacementTask> placement = new ArrayList<>();
  private final List<RegionTask> regionTasks = new ArrayList<>();
  private boolean deletesAtOnce;

  /** What is scheduled, and nobody was called for, is seen by nobody. */
  private final class ApplyQueue implements ApplyBursts.Worker {
    private final List<ApplyTask> burst = new ArrayList<>();

    @Override
    public boolean leave(ApplyTask task) {
      return burst.add(task);
    }

    @Override
    public void call() {
      applyTasks.addAll(burst);
      burst.clear();
    }
  }

  private SimStore(
      SimEngine kv,
      SimEngine raft,
      SimClock clock,
      RaftStoreConfig config,
      CoprocessorHost coprocessors,
      long seed) {
    this.kv = kv;
    this.raft = raft;
    Engines engines = new Engines(kv, raft);
    Random timeouts = new Random(seed);
    this.applyRunner =
        new ApplyRunner(
            kv, coprocessors, AnswerBurst.NONE, result -> inbox.add(new Msg.Applied(result)));
    this.logGcRunner = new LogGcRunner(engines);
    this.store =
        Store.open(
            new PeerContext(
                Bootstrap.STORE_ID,
                config,
                RegionConfig.defaults(),
                SnapshotConfig.defaults(),
                engines,
                clock,
                (min, max) -> min + timeouts.nextInt(max - min),
                RaftLogger.NONE,
                coprocessors,
                new NoTransport(inbox::add),
                new PeerContext.Workers(
                    new ApplyBursts(List.of(new ApplyQueue())),
                    this::deleteLog,
                    task -> true,
                    regionTasks::add,
                    task -> true,
                    task -> true,
                    task -> true),
                SimSnapshots.create(),
                (region, verdict) -> {
                  throw new AssertionError("replicas differ");
                },
                placement::add,
                new StoreDisks(Bootstrap.STORE_ID)));
  }

  /** Bootstraps empty engines, or goes on with what they hold. */
  static SimStore start(
      SimEngine kv, SimEngine raft, SimClock clock, RaftStoreConfig config, long seed) {
    return start(kv, raft, clock, config, CoprocessorHost.withBuiltIns(), seed);
  }

  /** The same with observers. */
  static SimStore start(
      SimEngine kv,
      SimEngine raft,
      SimClock clock,
      RaftStoreConfig config,
      CoprocessorHost coprocessors,
      long seed) {
    Engines engines = new Engines(kv, raft);
    if (Bootstrap.identity(engines).isPresent()) {
      Bootstrap.resume(engines);
    } else {
      Bootstrap.create(engines, 77);
    }
    return new SimStore(kv, raft, clock, config, coprocessors, seed);
  }

  void send(RaftCmdRequest command, Callback callback) {
    inbox.add(new Msg.Command(command, callback));
  }

  RaftStoreRouter router() {
    return inbox::add;
  }

  void tick(Tick tick) {
    inbox.add(new Msg.Ticked(tick));
  }

  /** One turn of the store loop over at most {@code messages} messages. */
  void turn(int messages) {
    for (int i = 0; i < messages && !inbox.isEmpty(); i++) {
      store.handle(inbox.remove());
    }
    store.endTurn();
  }

  /** Lets the apply worker take at most {@code tasks} tasks. */
  void apply(int tasks) {
    List<ApplyTask> taken = new ArrayList<>();
    while (taken.size() < tasks && !applyTasks.isEmpty()) {
      taken.add(applyTasks.remove());
    }
    applyRunner.run(taken);
  }

  /** Whether anything waits for the store loop that is reason enough to run it. */
  boolean isCalled() {
    return !inbox.stream().allMatch(Msg::mayWait);
  }

  private boolean deleteLog(LogGcTask task) {
    logGcTasks.add(task);
    if (deletesAtOnce) {
      gcLogs();
    }
    return true;
  }

  /** From now on the worker that deletes old entries is faster than the store loop. */
  void deleteAtOnce() {
    deletesAtOnce = true;
  }

  void gcLogs() {
    List<LogGcTask> taken = new ArrayList<>(logGcTasks);
    logGcTasks.clear();
    if (!taken.isEmpty()) {
      logGcRunner.run(taken);
    }
  }

  /** Runs until nobody has anything to do. */
  void settle() {
    do {
      turn(Integer.MAX_VALUE);
      apply(Integer.MAX_VALUE);
      gcLogs();
    } while (!inbox.isEmpty() || !applyTasks.isEmpty());
  }

  /** Another store tells the replica here that it is no member of {@code region} any more. */
  void sendTombstone(Region region) {
    RaftMessage.Builder message =
        RaftMessage.newBuilder()
            .setRegionId(region.getId())
            .setFromPeer(Peer.newBuilder().setId(100).setStoreId(2))
            .setToPeer(region.getPeers(0))
            .setRegionEpoch(region.getRegionEpoch())
            .setIsTombstone(true);
    message.getRegionEpochBuilder().setConfVer(region.getRegionEpoch().getConfVer() + 1);
    router().send(new Msg.Raft(message.build()));
    settle();
  }

  Store store() {
    return store;
  }

  SimEngine kv() {
    return kv;
  }

  SimEngine raft() {
    return raft;
  }

  List<PlacementTask> placement() {
    return placement;
  }

  /** What the worker of whole regions was given to do; nobody does it. */
  List<RegionTask> regionTasks() {
    return regionTasks;
  }

  static RaftCmdRequest put(String key, String value) {
    return command(
        Request.newBuilder()
            .setCmdType(CmdType.Put)
            .setPut(
                PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFromUtf8(value))));
  }

  static RaftCmdRequest delete(String key) {
    return command(
        Request.newBuilder()
            .setCmdType(CmdType.Delete)
            .setDelete(DeleteRequest.newBuilder().setKey(ByteString.copyFromUtf8(key))));
  }

  static RaftCmdRequest snap() {
    return command(Request.newBuilder().setCmdType(CmdType.Snap));
  }

  /** As {@link #snap}, but only once a quorum has confirmed the leader. */
  static RaftCmdRequest quorumSnap() {
    RaftCmdRequest snap = snap();
    return snap.toBuilder().setHeader(snap.getHeader().toBuilder().setReadQuorum(true)).build();
  }

  /** A command to the user region as bootstrap makes it. */
  static RaftCmdRequest command(Request.Builder... requests) {
    RaftCmdRequest.Builder command =
        RaftCmdRequest.newBuilder()
            .setHeader(
                RaftRequestHeader.newBuilder()
                    .setRegionId(Bootstrap.USER_REGION_ID)
                    .setPeer(
                        Peer.newBuilder()
                            .setId(Bootstrap.USER_REGION_ID + 1)
                            .setStoreId(Bootstrap.STORE_ID))
                    .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1)));
    for (Request.Builder request : requests) {
      command.addRequests(request);
    }
    return command.build();
  }
}
