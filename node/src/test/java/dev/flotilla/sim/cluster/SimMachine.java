package dev.flotilla.sim.cluster;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A store's machine: what survives a crash, and the process that runs on it, if one does. */
final class SimMachine {
  private final int id;
  private final String address;
  private final World world;
  private final StoreClock clock;
  private final Dice dice;
  private final SnapChannel snapChannel;
  private final SimPlacement placement;

  // [persistent]
  private SimEngine kv = SimEngine.kv();
  private SimEngine raft = SimEngine.raft();
  private SnapFolder snapshots = new SnapFolder();

  // [volatile]
  /** Number of processes that have died here. */
  private int life;

  private @Nullable SimProcess process;
  private @Nullable WatchedEngine openKv;
  private @Nullable WatchedEngine openRaft;
  private @Nullable CrashPoint armed;
  private long pausedUntilNanos;
  private long slowness = 1;
  private boolean full;
  private DiskUsage space = DiskUsage.Normal;
  private boolean diskErrorPlanned;
  private boolean damaged;

  /** Odds of a snapshot's files being damaged before it is installed. */
  private double snapshotRotOdds;

  /** Whether this store is gone for ever. */
  private boolean lost;

  /** Whether replicas are not compared any more. */
  private boolean comparisonsEnded;

  SimMachine(
      int id,
      String address,
      World world,
      StoreClock clock,
      Dice dice,
      SnapChannel snapChannel,
      SimPlacement placement) {
    this.id = id;
    this.address = address;
    this.world = world;
    this.clock = clock;
    this.dice = dice;
    this.snapChannel = snapChannel;
    this.placement = placement;
    this.snapshotRotOdds = world.knobs().disk().snapshotRotOdds();
  }

  SnapChannel snapChannel() {
    return snapChannel;
  }

  SimPlacement placement() {
    return placement;
  }

  int id() {
    return id;
  }

  StoreClock clock() {
    return clock;
  }

  SimEngine kv() {
    return kv;
  }

  SimEngine raft() {
    return raft;
  }

  SnapFolder snapshots() {
    return snapshots;
  }

  /** The running process, or null. */
  @Nullable SimProcess process() {
    return process;
  }

  /** Tells the processes of this machine apart. */
  int life() {
    return life;
  }

  boolean isUp() {
    return process != null;
  }

  long pausedUntilNanos() {
    return pausedUntilNanos;
  }

  /** How long a sync takes now. */
  long syncNanos() {
    double millis = dice.fraction() * world.knobs().disk().syncMillisMax() * slowness;
    return (long) (millis * Timeline.MILLI);
  }

  WatchedEngine openKv(WatchedEngine.Watcher watcher) {
    WatchedEngine opened = new WatchedEngine(kv, watcher);
    openKv = opened;
    return opened;
  }

  WatchedEngine openRaft(WatchedEngine.Watcher watcher) {
    WatchedEngine opened = new WatchedEngine(raft, watcher);
    openRaft = opened;
    return opened;
  }

  boolean isRaft(WatchedEngine engine) {
    return engine == openRaft;
  }

  void start() {
    if (process != null || lost) {
      return;
    }
    world.trace().add("start", id);
    world.watch().onRestart(id, RegionStates.loadAll(kv));
    guard(() -> process = new SimProcess(this, world));
    fill(full);
  }

  /** Runs the code of this machine's process, which may die of it. */
  void guard(Runnable action) {
    try {
      action.run();
    } catch (PowerCut cut) {
      crash(true, dice.between(50, 3_000) * Timeline.MILLI);
    } catch (Interruptions.Outlived gone) {
      world.trace().add("worker gone with its process", id);
    } catch (EngineException fault) {
      if (!full && !diskErrorPlanned && !damaged) {
        throw new Violation("store " + id + " stopped: " + Causes.of(fault));
      }
      crash(dice.chance(0.5), dice.between(50, 3_000) * Timeline.MILLI);
    }
  }

  /**
   * The process dies, and a new one is started after a while; with {@code powerLoss} what was not
   * synced may be lost.
   */
  void crash(boolean powerLoss, long forNanos) {
    int ended = ++life;
    world
        .timeline()
        .after(
            forNanos,
            () -> {
              if (life == ended) {
                start();
              }
            });
    world.trace().add(powerLoss ? "power loss" : "kill", id);
    world.tally().add("crash");
    process = null;
    armed = null;
    diskErrorPlanned = false;
    pausedUntilNanos = 0;
    kv = kv.crashKeeping(powerLoss ? dice.below(kv.unsynced() + 1) : kv.unsynced());
    if (powerLoss) {
      snapshots.losePower(dice);
    }
    raft = raft.crashKeeping(powerLoss ? dice.below(raft.unsynced() + 1) : raft.unsynced());
  }

  /** Opens the databases again, as a node does that stopped because one of them failed. */
  void reopen() {
    kv = kv.crashKeeping(kv.unsynced());
    raft = raft.crashKeeping(raft.unsynced());
  }

  /** Where the store is said to be found. */
  String address() {
    return address;
  }

  boolean isLost() {
    return lost;
  }

  /** The disk is replaced by an empty one, and with it the store is gone. */
  void wipe() {
    crash(false, 0);
    lost = true;
    kv = SimEngine.kv();
    raft = SimEngine.raft();
    snapshots = new SnapFolder();
  }

  /** The same machine as another store, on the disk as it is now. */
  SimMachine reborn(int store, String newAddress) {
    SimMachine reborn =
        new SimMachine(store, newAddress, world, clock, dice, snapChannel, placement);
    reborn.kv = kv;
    reborn.raft = raft;
    reborn.snapshots = snapshots;
    reborn.slowness = slowness;
    reborn.full = full;
    reborn.space = space;
    reborn.diskErrorPlanned = diskErrorPlanned;
    reborn.damaged = damaged;
    reborn.comparisonsEnded = comparisonsEnded;
    return reborn;
  }

  void pause(long forNanos) {
    pausedUntilNanos = Math.max(pausedUntilNanos, world.timeline().nowNanos() + forNanos);
  }

  void slowDisk(long times) {
    slowness = times;
  }

  /** While full, every write fails and the process dies of it. */
  void fill(boolean now) {
    full = now;
    if (openKv != null) {
      openKv.setFull(now);
    }
    if (openRaft != null) {
      openRaft.setFull(now);
    }
  }

  /** From now on so much space is left on the disk. */
  void leave(DiskUsage now) {
    space = now;
    SimProcess running = process;
    if (running != null) {
      // As it is when the process looks: not before the end of a pause, and never out of order.
      running.later(0, () -> running.send(new Msg.SpaceLeft(space)));
    }
  }

  DiskUsage space() {
    return space;
  }

  /** One of the next writes fails, on one engine or the other. */
  void failWrite(long nth) {
    diskErrorPlanned = true;
    (dice.chance(0.5) ? kv : raft).failWrite(nth);
  }

  /** The block that holds {@code key} cannot be read; null when all can. */
  void damage(@Nullable String key) {
    damaged = key != null;
    kv.damage(key == null ? null : Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)));
  }

  /** From now on so many of the snapshots are damaged that wait to be installed. */
  void rotSnapshots(double odds) {
    snapshotRotOdds = odds;
  }

  /** An accepted snapshot is about to be installed. */
  void beforeInstall(SnapKey key) {
    if (snapshotRotOdds > 0 && dice.chance(snapshotRotOdds)) {
      world.trace().add("snapshot rots", id);
      world.tally().add("accepted snapshot damaged");
      snapshots.damage(key, dice);
    }
  }

  boolean has(String key) {
    return kv.get(Cf.DEFAULT, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8))) != null;
  }

  /** A value changes on this disk. */
  void rot(String key) {
    world.watch().onRot();
    kv.rot(Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)));
  }

  /** Replicas are compared no more: each comparison is entries that some apply before others. */
  void endComparisons() {
    comparisonsEnded = true;
  }

  boolean compares() {
    return !comparisonsEnded;
  }

  void arm(CrashPoint point) {
    armed = point;
  }

  /** Everything works from now on. */
  void heal() {
    armed = null;
    slowness = 1;
    pausedUntilNanos = 0;
    fill(false);
    leave(DiskUsage.Normal);
    damage(null);
    rotSnapshots(0);
  }

  void visit(CrashPoint point) {
    world.tally().add(point.name());
    if (armed == point) {
      armed = null;
      world.trace().add("crash at " + point, id);
      world.tally().add("crash at " + point.name());
      throw new PowerCut(point);
    }
  }
}
