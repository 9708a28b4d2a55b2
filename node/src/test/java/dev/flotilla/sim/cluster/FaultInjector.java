package dev.flotilla.sim.cluster;

import java.util.List;
import java.util.function.BiConsumer;

/** Makes planned faults happen. */
final class FaultInjector {
  private static final List<CrashPoint> CRASH_POINTS = List.of(CrashPoint.values());

  private final World world;
  private final List<SimMachine> machines;
  private final Drills drills;

  FaultInjector(World world, List<SimMachine> machines, Drills drills) {
    this.world = world;
    this.machines = machines;
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
      case WALL_JUMP -> machine.clock().jumpWall(fault.other());
      case ISOLATE_LEADER,
          PAUSE_LEADER,
          LATE_ANSWERS_TO_LEADER,
          CUT_DURING_TRANSFER,
          SPLIT_IN_USE,
          CHANGE_TWICE ->
          drills.begin(fault);
    }
  }

  /** All links from the stores in {@code side}, a bit a store, to the others. */
  private void forEachPair(int side, boolean backToo, BiConsumer<Integer, Integer> action) {
    for (SimMachine from : machines) {
      for (SimMachine to : machines) {
        boolean fromSide = (side >> (from.id() - 1) & 1) == 1;
        boolean toSide = (side >> (to.id() - 1) & 1) == 1;
        if (fromSide != toSide && (fromSide || backToo)) {
          action.accept(from.id(), to.id());
        }
      }
    }
  }
}
