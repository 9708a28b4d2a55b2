package dev.flotilla.sim.cluster;

import dev.flotilla.proto.disk_usage.DiskUsage;
import java.util.List;
import java.util.function.BiConsumer;

/** Makes planned faults happen. */
final class FaultInjector {
  private static final List<CrashPoint> CRASH_POINTS = List.of(CrashPoint.values());

  private final SimCluster cluster;
  private final World world;
  private final List<SimMachine> machines;
  private final Drills drills;

  FaultInjector(SimCluster cluster, Drills drills) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.machines = cluster.machines();
    this.drills = drills;
  }

  void plan(List<Fault> faults) {
    for (Fault fault : faults) {
      world.timeline().at(fault.atMillis() * Timeline.MILLI, () -> happen(fault));
    }
  }

  private void happen(Fault fault) {
    world.trace().add(fault.kind().name(), fault.store(), fault.other(), fault.forMillis());
    world.tally().add(fault.kind().name());
    long nanos = fault.forMillis() * Timeline.MILLI;
    SimNetwork network = world.network();
    SimMachine machine = machines.get(fault.store() - 1);
    int other = (int) fault.other();
    switch (fault.kind()) {
      case CUT_ONE_WAY -> {
        network.cut(fault.store(), other);
        world.timeline().after(nanos, () -> network.mend(fault.store(), other));
      }
      case CUT_BOTH_WAYS -> {
        network.cut(fault.store(), other);
        network.cut(other, fault.store());
        world
            .timeline()
            .after(
                nanos,
                () -> {
                  network.mend(fault.store(), other);
                  network.mend(other, fault.store());
                });
      }
      case PARTITION -> {
        forEachPair(other, true, network::cut);
        world.timeline().after(nanos, () -> forEachPair(other, true, network::mend));
      }
      case PARTITION_ONE_WAY -> {
        forEachPair(other, false, network::cut);
        world.timeline().after(nanos, () -> forEachPair(other, false, network::mend));
      }
      case CLOG -> network.clog(fault.store(), other, world.timeline().nowNanos() + nanos);
      case LOSS -> {
        network.setLossPercent(other);
        world.timeline().after(nanos, () -> network.setLossPercent(0));
      }
      case KILL -> machine.crash(false, nanos);
      case POWER_LOSS -> machine.crash(true, nanos);
      case POWER_LOSS_ALL -> machines.forEach(each -> each.crash(true, nanos));
      case CRASH_AT_POINT -> machine.arm(CRASH_POINTS.get(other));
      case PAUSE -> machine.pause(nanos);
      case SLOW_DISK -> {
        machine.slowDisk(other);
        world.timeline().after(nanos, () -> machine.slowDisk(1));
      }
      case DISK_ERROR -> machine.failWrite(other);
      case DISK_FULL -> {
        machine.fill(true);
        world.timeline().after(nanos, () -> machine.fill(false));
      }
      case LITTLE_SPACE -> {
        machine.leave(other % 2 == 0 ? DiskUsage.AlmostFull : DiskUsage.AlreadyFull);
        world.timeline().after(nanos, () -> machine.leave(DiskUsage.Normal));
      }
      case UNREADABLE_BLOCK -> {
        machine.damage(ClientModel.key(other % world.knobs().keys()));
        world.timeline().after(nanos, () -> machine.damage(null));
      }
      case WIPE -> cluster.wipe(machine, nanos);
      case STALL_APPLY -> {
        SimProcess process = machine.process();
        if (process != null) {
          process.stallApply(nanos);
        }
      }
      case ROT -> rot(fault.store());
      case WALL_JUMP -> machine.clock().jumpWall(fault.other());
      case ISOLATE_LEADER,
          PAUSE_LEADER,
          LATE_ANSWERS_TO_LEADER,
          CUT_DURING_TRANSFER,
          SPLIT_IN_USE,
          CHANGE_TWICE,
          CHANGE_UNAPPLIED,
          OLD_ENTRY_ON_QUORUM ->
          drills.begin(fault);
    }
  }

  /** On the first disk from {@code store} on that has the value. */
  private void rot(int store) {
    for (int i = 0; i < machines.size() && !world.watch().isRotten(); i++) {
      SimMachine machine = machines.get((store - 1 + i) % machines.size());
      if (machine.has(SimCluster.UNREAD_KEY)) {
        machine.rot(SimCluster.UNREAD_KEY);
      }
    }
  }

  /** All links from the stores in {@code side}, a bit a store, to the others. */
  private void forEachPair(int side, boolean backToo, BiConsumer<Integer, Integer> action) {
    for (int from = 1; from <= machines.size(); from++) {
      for (int to = 1; to <= machines.size(); to++) {
        boolean fromSide = (side >> (from - 1) & 1) == 1;
        boolean toSide = (side >> (to - 1) & 1) == 1;
        if (fromSide != toSide && (fromSide || backToo)) {
          action.accept(from, to);
        }
      }
    }
  }
}
