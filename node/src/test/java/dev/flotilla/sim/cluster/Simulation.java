package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run: a cluster, its clients and operators, and what goes wrong. */
public final class Simulation {
  /** After the last fault everything must work again within this. */
  private static final long RECOVERY_SECONDS = 60;

  private static final int QUIET_SECONDS = 5;

  private final long seed;
  private final Knobs knobs;
  private final SimCluster cluster;
  private final ClientModel clients;
  private final AdminModel admin;
  private final ReplicaWatch replicas;
  private final NumberClients numbers;

  private Simulation(long seed, Knobs knobs) {
    this.seed = seed;
    this.knobs = knobs;
    this.cluster = new SimCluster(seed, knobs);
    this.replicas = new ReplicaWatch(cluster);
    this.numbers = new NumberClients(cluster, new Dice(seed, "numbers"));
    World world = cluster.world();
    this.clients = new ClientModel(seed, world, cluster::processOf);
    this.admin = new AdminModel(seed, world, cluster::processOf, cluster::storeIds);
  }

  /**
   * What became of a run.
   *
   * @param violation what was wrong, null when nothing was
   * @param traceHash equal for equal runs
   */
  public record Outcome(
      long seed,
      @Nullable String violation,
      long traceHash,
      List<String> traceTail,
      List<Fault> faults,
      Tally tally,
      double simulatedSeconds,
      long events,
      int operations) {}

  /** Runs the seed with all of its faults. */
  public static Outcome run(long seed) {
    Knobs knobs = Knobs.draw(seed);
    return run(seed, knobs, FaultPlan.draw(seed, knobs));
  }

  static Outcome run(long seed, Knobs knobs, List<Fault> faults) {
    Simulation simulation = new Simulation(seed, knobs);
    String violation = simulation.violation(faults);
    World world = simulation.cluster.world();
    return new Outcome(
        seed,
        violation,
        world.trace().hash(),
        violation == null ? List.of() : world.trace().tail(60),
        faults,
        world.tally(),
        world.timeline().nowNanos() / (double) Timeline.SECOND,
        world.timeline().happened(),
        simulation.clients.history().size());
  }

  private @Nullable String violation(List<Fault> faults) {
    try {
      live(faults);
      List<String> found = new ArrayList<>(recover());
      clients.end();
      found.addAll(clients.history().violations());
      return found.isEmpty() ? null : String.join("\n", found);
    } catch (RuntimeException | Error broken) {
      return Causes.of(broken);
    }
  }

  private void live(List<Fault> faults) {
    World world = cluster.world();
    cluster.format(SimCluster.initialRegions(knobs, new Dice(seed, "regions")));
    cluster.start();
    clients.begin(faults);
    admin.begin();
    Drills drills = new Drills(cluster, clients, admin, replicas);
    new FaultInjector(cluster, drills).plan(faults);
    long endNanos = knobs.minutes() * 60L * Timeline.SECOND;
    replicas.begin(endNanos);
    numbers.begin(endNanos);
    world.timeline().runUntil(endNanos);
  }

  /** Heals everything and waits until it shows; returns what is still wrong after long enough. */
  private List<String> recover() {
    World world = cluster.world();
    Timeline timeline = world.timeline();
    admin.end();
    clients.heal();
    cluster.heal();
    for (int second = 0; second < QUIET_SECONDS; second++) {
      // Nobody writes yet: what differs is not written over.
      timeline.runUntil(timeline.nowNanos() + Timeline.SECOND);
      replicas.look();
    }
    cluster.machines().forEach(SimMachine::endComparisons);
    List<ClosingWrite> writes = new ArrayList<>();
    for (int number = 0; number < knobs.keys(); number++) {
      writes.add(new ClosingWrite(clients, ClientModel.key(number)));
    }
    List<String> found = List.of("not looked at");
    for (int second = 0; second < recoverySeconds() && !found.isEmpty(); second++) {
      timeline.runUntil(timeline.nowNanos() + Timeline.SECOND);
      writes.forEach(ClosingWrite::tryAgain);
      if (writes.stream().allMatch(ClosingWrite::isDone) && second % 3 == 2) {
        found = ClosingChecks.violations(cluster);
      }
    }
    List<String> stuck = new ArrayList<>();
    for (ClosingWrite write : writes) {
      if (!write.isDone()) {
        stuck.add("no write to " + write.key() + " succeeds: " + routeOf(write.key()));
      }
    }
    return stuck.isEmpty() ? found : stuck;
  }

  /**
   * A driver first counts how long a store has been silent, then moves one region after another.
   */
  private long recoverySeconds() {
    return knobs.placement().real() ? 5 * RECOVERY_SECONDS : RECOVERY_SECONDS;
  }

  private String routeOf(String key) {
    Directory.Route route = cluster.world().directory().byKey(ByteString.copyFromUtf8(key));
    if (route == null) {
      return "no region known";
    }
    StringBuilder text = new StringBuilder();
    Region region = route.region();
    text.append("region ").append(region.getId()).append(" led by ").append(route.leader());
    for (SimMachine machine : cluster.machines()) {
      SimProcess process = machine.process();
      if (process != null) {
        text.append("\n    store ").append(machine.id()).append(": ");
        text.append(process.store().regionStatus(region.getId()));
      }
    }
    return text.toString().replace('\n', ' ');
  }
}
