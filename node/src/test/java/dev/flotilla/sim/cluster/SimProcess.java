package dev.flotilla.sim.cluster;

import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.RegionSource;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.ShownBatch;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.StoredRegions;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.apply.ApplyBursts;
import dev.flotilla.raftstore.apply.ApplyRunner;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.peer.StoreDisks;
import dev.flotilla.raftstore.snap.RegionRunner;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.snap.SnapBuilder;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.store.RegionStatus;
import dev.flotilla.raftstore.store.Store;
import dev.flotilla.raftstore.task.CompactRunner;
import dev.flotilla.raftstore.task.HashRunner;
import dev.flotilla.raftstore.task.LogGcRunner;
import dev.flotilla.raftstore.task.SplitCheckRunner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One life of a store's process: its memory, its workers and its timers. Gone with a crash. */
final class SimProcess implements RaftStoreRouter {
  /** Which thread is running, as far as there are threads. */
  private enum Context {
    STARTING(0),
    TURN(0),
    APPLY(0.005),
    LOG_GC(0.1),
    SNAP_BUILD(0.2),
    REGIONS(0.3);

    /** Odds of being held up at the door to the disk. */
    private final double holdUpOdds;

    Context(double holdUpOdds) {
      this.holdUpOdds = holdUpOdds;
    }
  }

  /** Turns between two looks at all replicas; what is sent is looked at in every turn. */
  private static final int WATCH_EVERY = 16;

  /** Of the lives of stores. */
  private static final int FOLLOWED_EVERY = 4;

  private static final long ANSWER_BYTES_MAX = 32 << 20;

  private final SimMachine machine;
  private final World world;
  private final Store store;
  private final SnapManager snapshots;
  private final SimWorker<ApplyTask> apply;
  private final RawKv kv;
  private final PlacementNode placement;
  private final ArrayDeque<Msg> inbox = new ArrayDeque<>();
  private final StateWatch stateWatch;
  private final AppendVolume volume;
  private final ObserverWatch observers;
  private final int life;
  private Context context = Context.STARTING;
  private boolean awake;
  private long turns;

  /** Time that this turn has spent on the disk. */
  private long diskNanos;

  private long busyUntilNanos;

  /** Starts a process on the machine's disk; throws what the store throws. */
  SimProcess(SimMachine machine, World world) {
    this.machine = machine;
    this.world = world;
    this.life = machine.life();
    this.stateWatch = new StateWatch(machine, world);
    this.volume = new AppendVolume(world.knobs().config());
    this.observers = new ObserverWatch(world, (machine.id() + life) % FOLLOWED_EVERY == 0);
    WatchedEngine.Watcher watcher = new DoorWatch();
    WatchedEngine kvEngine = machine.openKv(watcher);
    WatchedEngine raftEngine = machine.openRaft(watcher);
    Engines engines = new Engines(kvEngine, raftEngine);
    this.snapshots = machine.snapshots().open();
    CoprocessorHost coprocessors = CoprocessorHost.withBuiltIns();
    coprocessors.publish(Chain.of(List.of(watch(new StoredRegions(kvEngine, machine.clock())))));
    Knobs knobs = world.knobs();
    ApplyRunner applyRunner =
        new ApplyRunner(
            kvEngine, coprocessors, AnswerBurst.NONE, result -> send(new Msg.Applied(result)));
    this.apply = worker(knobs.disk().applyMillisMax(), Context.APPLY, applyRunner::run);
    SimWorker<Runnable> readPool =
        new SimWorker<>(this, 0.5, 64, reads -> reads.forEach(Runnable::run));
    this.placement = new PlacementNode(this, machine, world);
    this.kv = new RawKv(this, readPool, coprocessors, machine.clock(), ANSWER_BYTES_MAX);
    Dice timeouts = new Dice(world.schedule().seed(), "timeouts");
    this.store =
        Store.open(
            new PeerContext(
                machine.id(),
                knobs.config(),
                knobs.region(),
                knobs.snapshot(),
                engines,
                machine.clock(),
                (min, max) -> min + timeouts.below(max - min),
                RaftLogger.NONE,
                coprocessors,
                new Door(),
                workers(engines, coprocessors),
                snapshots,
                world.watch()::onDivergence,
                this::report,
                new StoreDisks(machine.id())));
    startTicks();
    send(new Msg.SpaceLeft(machine.space()));
  }

  /** It takes what is applied on the spot. */
  private Registration watch(RegionSource regions) {
    Registration watch = Registration.of("watch", "1", observers);
    watch.feedBy(
        batch -> {
          try (ShownBatch shown = new ShownBatch(batch, regions)) {
            watch.show(shown);
          } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
          }
        });
    return watch;
  }

  private PeerContext.Workers workers(Engines engines, CoprocessorHost coprocessors) {
    SnapBuilder builder = new SnapBuilder(engines.kv(), snapshots, this);
    RegionRunner regions = new RegionRunner(engines.kv(), snapshots, coprocessors, this);
    return new PeerContext.Workers(
        new ApplyBursts(List.of(new ApplyQueue())),
        worker(50, Context.LOG_GC, new LogGcRunner(engines)::run),
        worker(100, Context.SNAP_BUILD, builder::run),
        worker(100, Context.REGIONS, tasks -> run(regions, tasks)),
        worker(
            50,
            Context.LOG_GC,
            new SplitCheckRunner(engines.kv(), world.knobs().region(), coprocessors, this)::run),
        worker(50, Context.LOG_GC, new CompactRunner(engines.kv())::run),
        worker(50, Context.LOG_GC, new HashRunner(this)::run));
  }

  private void run(RegionRunner regions, List<RegionTask> tasks) {
    for (RegionTask task : tasks) {
      if (task instanceof RegionTask.Install install) {
        machine.beforeInstall(install.key());
      }
      regions.run(List.of(task));
    }
  }

  private <T> SimWorker<T> worker(double delayMillis, Context where, Consumer<List<T>> runner) {
    return new SimWorker<>(this, delayMillis, 8, tasks -> in(where, () -> runner.accept(tasks)));
  }

  SnapManager snapshots() {
    return snapshots;
  }

  Dice dice() {
    return world.schedule();
  }

  long nowNanos() {
    return world.timeline().nowNanos();
  }

  /** Nothing is applied for a while. */
  void stallApply(long forNanos) {
    apply.hold(nowNanos() + forNanos);
  }

  PlacementNode placement() {
    return placement;
  }

  /** The raw key-value operations of this store. */
  RawKv kv() {
    return kv;
  }

  Store store() {
    return store;
  }

  /** Lets something happen in this life, unless it is over by then. */
  void later(long delayNanos, Runnable action) {
    world.timeline().after(delayNanos, () -> run(action));
  }

  /** Lets something happen at once, or when the process goes on after a pause. */
  void now(Runnable action) {
    run(action);
  }

  private void run(Runnable action) {
    if (machine.life() != life) {
      return;
    }
    if (machine.pausedUntilNanos() > world.timeline().nowNanos()) {
      // What has waited comes in any order: it came by different ways.
      world.timeline().at(machine.pausedUntilNanos() + dice().below(3_000_000), () -> run(action));
      return;
    }
    machine.guard(action);
  }

  private void in(Context where, Runnable action) {
    Context before = context;
    context = where;
    action.run();
    context = before;
  }

  @Override
  public boolean send(Msg msg) {
    if (inbox.size() >= world.knobs().config().notifyCapacity() && !msg.isSignificant()) {
      Callback callback = msg.callback();
      if (callback != null) {
        callback.refused(new Refusal.ServerIsBusy("too many messages are waiting"));
      }
      return false;
    }
    inbox.add(msg instanceof Msg.Command command ? watched(command) : msg);
    if (!msg.mayWait()) {
      wake();
    }
    return true;
  }

  /** Counts reads that are answered in the turn that takes them: nobody else was asked. */
  private Msg watched(Msg.Command command) {
    Callback callback = command.callback();
    long sent = turns;
    return new Msg.Command(
        command.request(),
        new Callback() {
          @Override
          public void done(RaftCmdResponse response) {
            callback.done(response);
          }

          @Override
          public void readable(ReadGrant grant) {
            world.tally().add(turns == sent + 1 ? "lease read" : "read");
            world.watch().onRead(store.regionStatus(command.request().getHeader().getRegionId()));
            callback.readable(grant);
          }

          @Override
          public void refused(Refusal refusal) {
            callback.refused(refusal);
          }
        });
  }

  void receive(RaftMessage message) {
    send(new Msg.Raft(message));
  }

  void unreachable(RaftMessage message) {
    send(new Msg.Unreachable(message.getRegionId(), message.getToPeer().getId()));
  }

  private void wake() {
    if (!awake) {
      awake = true;
      long now = world.timeline().nowNanos();
      long wait = Math.max(0, busyUntilNanos - now);
      later(wait + dice().below(50_000), () -> in(Context.TURN, this::turn));
    }
  }

  private void turn() {
    awake = false;
    turns++;
    diskNanos = 0;
    stateWatch.onTurn();
    volume.beginTurn();
    for (int i = 0; i < world.knobs().turnMessages() && !inbox.isEmpty(); i++) {
      Msg message = inbox.remove();
      volume.onMessage(message);
      store.handle(message);
    }
    store.endTurn();
    if (turns % WATCH_EVERY == 0) {
      List<RegionStatus> statuses = store.regionStatuses();
      world.watch().afterTurn(machine.id(), statuses);
      observers.check(statuses);
    }
    busyUntilNanos = world.timeline().nowNanos() + diskNanos;
    if (!inbox.stream().allMatch(Msg::mayWait)) {
      wake();
    }
  }

  private void startTicks() {
    for (Tick tick : Tick.values()) {
      long nanos = TickTimes.nanos(tick, world.knobs());
      if (nanos > 0) {
        nextTick(tick, dice().between(0, nanos));
      }
    }
  }

  private void nextTick(Tick tick, long nanos) {
    later(
        machine.clock().trueNanos(nanos),
        () -> {
          if (tick != Tick.CONSISTENCY_CHECK || machine.compares()) {
            send(new Msg.Ticked(tick));
          }
          nextTick(tick, TickTimes.nanos(tick, world.knobs()));
        });
  }

  /** What is scheduled, and nobody was called for, is seen by nobody. */
  private final class ApplyQueue implements ApplyBursts.Worker {
    private final List<ApplyTask> burst = new ArrayList<>();

    @Override
    public boolean leave(ApplyTask task) {
      if (task instanceof ApplyTask.Entries entries) {
        machine.visit(CrashPoint.BEFORE_APPLY_SCHEDULED);
        world.watch().committed().onCommitted(machine.id(), entries.regionId(), entries.entries());
      }
      if (task instanceof ApplyTask.Registration registration) {
        world
            .watch()
            .onRegistration(machine, registration.region().getId(), registration.applyState());
      }
      return burst.add(task);
    }

    @Override
    public void call() {
      burst.forEach(apply::schedule);
      burst.clear();
    }
  }

  private boolean report(PlacementTask task) {
    return machine.placement().take(this, task);
  }

  /** The way to other stores: what is sent leaves when the disk lets it. */
  private final class Door implements Transport {
    private List<RaftMessage> waiting = new ArrayList<>();

    @Override
    public void send(RaftMessage message) {
      stateWatch.onSend();
      world.watch().onSend(message);
      volume.onSend(message);
      if (message.getMessage().getMsgType() == MessageType.MsgSnapshot) {
        machine.snapChannel().send(SimProcess.this, message);
      } else {
        waiting.add(message);
        if (!world.knobs().net().frames()) {
          flush();
        }
      }
    }

    /** What one turn has for one store travels together. */
    @Override
    public void flush() {
      long departNanos = world.timeline().nowNanos() + diskNanos;
      while (!waiting.isEmpty()) {
        long store = waiting.get(0).getToPeer().getStoreId();
        List<RaftMessage> frame = new ArrayList<>();
        List<RaftMessage> others = new ArrayList<>();
        for (RaftMessage message : waiting) {
          (message.getToPeer().getStoreId() == store ? frame : others).add(message);
        }
        waiting = others;
        world.network().send(frame, departNanos);
      }
    }
  }

  /** What passes through the doors to the disk. */
  private final class DoorWatch implements WatchedEngine.Watcher {
    private void holdUp() {
      world.interruptions().holdUp(machine, context.holdUpOdds);
    }

    @Override
    public void beforeWrite(
        WatchedEngine engine, List<WatchedEngine.StateWrite> states, boolean sync) {
      holdUp();
      switch (context) {
        case TURN -> stateWatch.beforeTurnWrite(engine, states);
        case APPLY -> {
          machine.visit(CrashPoint.APPLY_BEFORE_WRITE);
          stateWatch.beforeStates(states);
        }
        case LOG_GC -> machine.visit(CrashPoint.LOG_GC_BEFORE_DELETE);
        case REGIONS -> machine.visit(CrashPoint.REGION_APPLY_SNAP);
        case STARTING, SNAP_BUILD -> {}
      }
    }

    @Override
    public void afterWrite(
        WatchedEngine engine, List<WatchedEngine.StateWrite> states, boolean sync) {
      if (sync) {
        diskNanos += machine.syncNanos();
      }
      stateWatch.afterStates(states);
      switch (context) {
        case TURN -> stateWatch.afterTurnWrite(engine);
        case APPLY -> machine.visit(CrashPoint.APPLY_AFTER_WRITE);
        case REGIONS -> machine.visit(CrashPoint.RAFT_AFTER_APPLY_SNAP);
        case LOG_GC, STARTING, SNAP_BUILD -> {}
      }
      holdUp();
    }

    @Override
    public void beforeDrop(WatchedEngine engine, KeyRange range) {
      holdUp();
      machine.visit(CrashPoint.REGION_APPLY_SNAP);
    }

    @Override
    public void beforeExport(WatchedEngine engine) {
      holdUp();
      machine.visit(CrashPoint.REGION_GEN_SNAP);
    }

    @Override
    public void beforeIngest(WatchedEngine engine) {
      holdUp();
      machine.visit(CrashPoint.REGION_APPLY_SNAP);
    }
  }
}
