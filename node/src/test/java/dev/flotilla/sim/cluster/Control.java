package dev.flotilla.sim.cluster;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Messages between the placement parts of processes, over the same links as all others. */
final class Control {
  private final SimNetwork network;
  private final Supplier<List<SimMachine>> machines;

  Control(SimNetwork network, Supplier<List<SimMachine>> machines) {
    this.network = network;
    this.machines = machines;
  }

  /** Lets {@code action} happen on another store, if it gets there and somebody is there. */
  void send(int from, int to, Consumer<PlacementNode> action) {
    if (from == to) {
      arrive(to, action);
    } else {
      network.carry(from, to, () -> arrive(to, action));
    }
  }

  private void arrive(int to, Consumer<PlacementNode> action) {
    for (SimMachine machine : machines.get()) {
      SimProcess process = machine.id() == to ? machine.process() : null;
      if (process != null) {
        process.placement().receive(action);
      }
    }
  }

  void forEachOther(int from, Consumer<PlacementNode> action) {
    for (SimMachine machine : machines.get()) {
      if (machine.id() != from) {
        send(from, machine.id(), action);
      }
    }
  }
}
