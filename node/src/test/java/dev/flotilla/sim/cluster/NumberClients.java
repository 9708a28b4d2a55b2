package dev.flotilla.sim.cluster;

/** Asks drivers for ids and timestamps: whoever drives, and whoever still thinks that it does. */
final class NumberClients {
  private final SimCluster cluster;
  private final Dice dice;

  NumberClients(SimCluster cluster, Dice dice) {
    this.cluster = cluster;
    this.dice = dice;
  }

  /** Asks now and then until {@code endNanos}. */
  void begin(long endNanos) {
    World world = cluster.world();
    if (world.knobs().placement().real() && world.timeline().nowNanos() < endNanos) {
      cluster.machines().forEach(this::ask);
      world.timeline().after(dice.between(1, 3_000) * Timeline.MILLI, () -> begin(endNanos));
    }
  }

  private void ask(SimMachine machine) {
    SimProcess process = machine.process();
    if (process == null || !(process.placement().isActive() || dice.chance(0.1))) {
      return;
    }
    int count = 1 + dice.below(200);
    process
        .placement()
        .receive(
            node ->
                node.atDriver(
                    pd -> {
                      PlacementNumbers numbers = cluster.world().numbers();
                      pd.timestamps(count, numbers.timestamps(count));
                      if (count < 20) {
                        pd.allocate(count, numbers.ids(count, first -> {}));
                      }
                    }));
  }
}
