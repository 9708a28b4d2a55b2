package dev.flotilla.sim.cluster;

import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.config.SnapshotConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one seed is like. Every seed has some faults and duties turned off, as a bug that needs one
 * of them often is hidden by another.
 *
 * @param stores number of stores
 * @param replicas replicas of each region at first
 * @param regions number of regions at first
 * @param clients number of clients
 * @param operations operations of all clients together
 * @param keys number of keys
 * @param minutes simulated time
 * @param config settings of every store
 * @param region settings of regions
 * @param snapshot settings of snapshots
 * @param net how the network behaves on a good day
 * @param disk how disks behave on a good day
 * @param clockSkew by how much the rates of two clocks may differ, 0.1 being a tenth
 * @param turnMessages messages a store loop takes in one turn
 * @param faultKinds what may go wrong
 * @param faultEverySeconds mean time between faults
 * @param duties what operators do
 * @param ballast bytes that every value has besides its number
 * @param placement who places replicas
 * @param probes share of acknowledged writes that are read back at once, from everywhere
 */
record Knobs(
    int stores,
    int replicas,
    int regions,
    int clients,
    int operations,
    int keys,
    int minutes,
    RaftStoreConfig config,
    RegionConfig region,
    SnapshotConfig snapshot,
    Net net,
    Disk disk,
    double clockSkew,
    int turnMessages,
    List<Fault.Kind> faultKinds,
    double faultEverySeconds,
    Duties duties,
    int ballast,
    Placement placement,
    double probes) {

  /**
   * @param delayMillisMax usual delay of a message
   * @param tailOdds odds of a much longer delay
   * @param tailMillisMax that delay
   * @param lossOdds odds of a message being lost
   * @param twiceOdds odds of a message arriving twice
   * @param ordered whether messages of a link arrive in order
   * @param frames whether what a turn sends to one store travels together
   */
  record Net(
      double delayMillisMax,
      double tailOdds,
      long tailMillisMax,
      double lossOdds,
      double twiceOdds,
      boolean ordered,
      boolean frames) {}

  /**
   * @param syncMillisMax time a sync takes
   * @param applyMillisMax time until the apply worker looks at its tasks
   * @param holdUpMillisMax how long a worker may be held up in the middle of its work; 0 for never
   * @param snapshotRotOdds odds of an accepted snapshot being damaged before it is installed
   */
  record Disk(
      double syncMillisMax,
      double applyMillisMax,
      double holdUpMillisMax,
      double snapshotRotOdds) {}

  /** Seconds between duties of one kind, on average; 0 turns it off. */
  record Duties(double transfers, double memberChanges, double splits) {}

  /**
   * @param real whether the stores themselves drive placement
   * @param storeDownNanos silence after which they replace a store's replicas
   */
  record Placement(boolean real, long storeDownNanos) {}

  static Knobs draw(long seed) {
    Dice dice = new Dice(seed, "knobs");
    int stores = 3 + dice.below(3);
    Dice placement = new Dice(seed, "placement");
    Dice holdUps = new Dice(seed, "hold-ups");
    boolean real = placement.chance(0.6);
    boolean wipes = real && placement.chance(0.4);
    boolean admin = !real || placement.chance(0.6);
    return new Knobs(
        stores,
        3,
        4 + dice.below(3),
        4 + dice.below(9),
        2000,
        12 + dice.below(20),
        10,
        config(dice, seed),
        region(dice),
        snapshot(dice),
        new Net(
            dice.chance(0.3) ? 30 : 0.2 + dice.fraction() * 5,
            dice.chance(0.3) ? dice.fraction() * 0.02 : 0,
            dice.between(50, 3000),
            dice.chance(0.3) ? dice.fraction() * 0.1 : 0,
            dice.chance(0.3) ? dice.fraction() * 0.1 : 0,
            dice.chance(0.5),
            // As the product sends; now and then one by one, which allows more orders.
            new Dice(seed, "frames").chance(0.8)),
        new Disk(
            0.1 + dice.fraction() * 3,
            dice.chance(0.3) ? 100 : 0.1 + dice.fraction() * 3,
            holdUps.chance(0.7) ? holdUps.fraction() * 1_000 : 0,
            // Together with a lost disk it could take the last copy.
            wipes ? 0 : snapshotRotOdds(seed)),
        dice.chance(0.5) ? dice.fraction() * 0.04 : 0,
        dice.chance(0.3) ? 1 + dice.below(8) : 4096,
        faultKinds(dice, wipes),
        4 + dice.fraction() * 40,
        new Duties(
            admin ? every(dice, 60) : 0,
            // A region whose lost replica is still a member has none to spare.
            admin && !wipes ? every(dice, 40) : 0,
            admin ? every(dice, 60) : 0),
        // With small messages it is one entry a message.
        placement.chance(0.25) ? 1100 : 0,
        new Placement(
            real, // More than two reports of a store apart, as one may be lost.
            placement.between(25, 90) * Timeline.SECOND),
        dice.chance(0.8) ? dice.fraction() * 0.5 : 0);
  }

  /**
   * The same, but a value changes on a disk, the replicas are compared often, and there is a driver
   * to replace the one that is wrong.
   */
  Knobs withRot() {
    List<Fault.Kind> kinds = new ArrayList<>(faultKinds);
    // Together with the replica that is wrong it could take the last copy.
    kinds.remove(Fault.Kind.WIPE);
    kinds.add(Fault.Kind.ROT);
    RegionConfig often =
        new RegionConfig(
            region.bytesMax(),
            region.splitBytes(),
            region.splitCheckDiffBytes(),
            region.splitCheckTick(),
            region.rightDerive(),
            region.compactCheckTick(),
            region.compactDeletedKeys(),
            Duration.ofSeconds(1),
            region.peerDownAfter(),
            region.leaderMissingMax());
    return new Knobs(
        stores,
        replicas,
        regions,
        clients,
        operations,
        keys,
        minutes,
        config,
        often,
        snapshot,
        net,
        disk,
        clockSkew,
        turnMessages,
        kinds,
        faultEverySeconds,
        duties,
        ballast,
        new Placement(true, placement.storeDownNanos()),
        probes);
  }

  /** Good weather, as scripted scenarios want it. */
  static Knobs quiet(int stores, RaftStoreConfig config, Map<String, String> options) {
    RegionConfig d = RegionConfig.defaults();
    RegionConfig region =
        new RegionConfig(
            number(options, "regionBytesMax", d.bytesMax()),
            number(options, "splitBytes", d.splitBytes()),
            number(options, "splitDiffBytes", d.splitCheckDiffBytes()),
            Duration.ofMillis(200),
            number(options, "rightDerive", 1) == 1,
            d.compactCheckTick(),
            d.compactDeletedKeys(),
            Duration.ofMillis(number(options, "consistencyCheckTick", 0)),
            Duration.ofMillis(number(options, "peerDownAfter", d.peerDownAfter().toMillis())),
            Duration.ofMillis(number(options, "leaderMissingMax", 5_000)));
    return new Knobs(
        stores,
        stores,
        1,
        0,
        0,
        0,
        0,
        config,
        region,
        new SnapshotConfig(Duration.ofMillis(500), Duration.ofSeconds(3), 4, 4, 100L << 20),
        new Net(
            number(options, "delay", 2),
            number(options, "lateOdds", 0) / 100.0,
            number(options, "lateMillis", 100),
            number(options, "loss", 0) / 100.0,
            0,
            options.containsKey("ordered"),
            false),
        new Disk(0.5, number(options, "applyMillis", 1), 0, 0),
        0,
        4096,
        List.of(),
        0,
        new Duties(0, 0, 0),
        0,
        new Placement(options.containsKey("driver"), 60 * Timeline.SECOND),
        0);
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    String value = options.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  private static double snapshotRotOdds(long seed) {
    Dice dice = new Dice(seed, "snapshot rot");
    return dice.chance(0.4) ? 0.1 + dice.fraction() * 0.6 : 0;
  }

  private static double every(Dice dice, double secondsMax) {
    return dice.chance(0.7) ? 3 + dice.fraction() * secondsMax : 0;
  }

  private static List<Fault.Kind> faultKinds(Dice dice, boolean wipes) {
    List<Fault.Kind> kinds = new ArrayList<>();
    double share = 0.2 + dice.fraction() * 0.6;
    for (Fault.Kind kind : Fault.Kind.values()) {
      if (kind == Fault.Kind.ROT) {
        // A cluster must be able to bear it: see withRot.
        continue;
      }
      boolean possible = wipes ? !isMemberChange(kind) : kind != Fault.Kind.WIPE;
      if (dice.chance(share) && possible) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private static boolean isMemberChange(Fault.Kind kind) {
    return kind == Fault.Kind.CHANGE_TWICE || kind == Fault.Kind.CHANGE_UNAPPLIED;
  }

  private static RaftStoreConfig config(Dice dice, long seed) {
    RaftStoreConfig d = RaftStoreConfig.defaults();
    boolean smallLog = dice.chance(0.7);
    boolean smallMessages = dice.chance(0.5);
    Dice inflight = new Dice(seed, "inflight bytes");
    Dice hibernation = new Dice(seed, "hibernation");
    return ConfigBuilder.from(d)
        .set("messageBytesMax", smallMessages ? 1024L : d.messageBytesMax())
        .set("inflightMessagesMax", dice.chance(0.3) ? 1 + dice.below(4) : d.inflightMessagesMax())
        .set(
            "inflightBytesMax",
            smallMessages && inflight.chance(0.5)
                ? inflight.between(1024, 4096)
                : d.inflightBytesMax())
        .set("applyPageBytesMax", smallMessages ? 1024L : d.applyPageBytesMax())
        .set(
            "hibernateTicks",
            hibernation.chance(0.6) ? 1 + hibernation.below(20) : d.hibernateTicks())
        .set("logGcTick", Duration.ofMillis(dice.between(200, 10_000)))
        .set("logGcThreshold", smallLog ? dice.between(1, 20) : d.logGcThreshold())
        .set("logGcCountLimit", smallLog ? dice.between(20, 60) : d.logGcCountLimit())
        .build();
  }

  private static RegionConfig region(Dice dice) {
    RegionConfig d = RegionConfig.defaults();
    boolean bySize = dice.chance(0.3);
    return new RegionConfig(
        bySize ? dice.between(1024, 4096) : d.bytesMax(),
        bySize ? 1024 : d.splitBytes(),
        bySize ? 200 : d.splitCheckDiffBytes(),
        Duration.ofSeconds(dice.between(1, 20)),
        dice.chance(0.5),
        Duration.ofSeconds(dice.between(10, 100)),
        dice.between(1, 100),
        dice.chance(0.7) ? Duration.ofMillis(dice.between(500, 20_000)) : Duration.ZERO,
        Duration.ofSeconds(dice.between(2, 60)),
        Duration.ofSeconds(dice.between(5, 30)));
  }

  private static SnapshotConfig snapshot(Dice dice) {
    return new SnapshotConfig(
        Duration.ofMillis(dice.between(500, 20_000)),
        Duration.ofSeconds(dice.between(1, 100)),
        1 + dice.below(4),
        1 + dice.below(4),
        SnapshotConfig.defaults().bytesPerSecond());
  }
}
