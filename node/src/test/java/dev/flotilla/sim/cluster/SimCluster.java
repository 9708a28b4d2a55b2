package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.pd.InitialRecords;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machines of a cluster and what lies between them. */
final class SimCluster implements SimNetwork.Ends {
  static final long CLUSTER_ID = 77;

  /** Before all keys that clients use. */
  static final String UNREAD_KEY = "a";

  private final World world;
  private final SnapChannel snapChannel;
  private final Dice wipes;
  private final List<SimMachine> machines = new ArrayList<>();

  SimCluster(long seed, Knobs knobs) {
    Timeline timeline = new Timeline();
    Trace trace = new Trace(timeline);
    Tally tally = new Tally();
    SimNetwork network =
        new SimNetwork(timeline, trace, new Dice(seed, "network"), knobs.net(), this);
    this.world =
        new World(
            timeline,
            trace,
            tally,
            network,
            knobs,
            new Dice(seed, "schedule"),
            new Interruptions(
                timeline, new Dice(seed, "interruptions"), knobs.disk().holdUpMillisMax()),
            new Watch(tally),
            new Directory(),
            new Control(network, this::machines),
            new PlacementNumbers(tally));
    this.snapChannel = new SnapChannel(world, new Dice(seed, "snapshots"), this::processOf);
    SimPlacement placement = new SimPlacement(world);
    this.wipes = new Dice(seed, "wipes");
    Dice clocks = new Dice(seed, "clocks");
    for (int id = 1; id <= knobs.stores(); id++) {
      double rate = 1 + (clocks.fraction() - 0.5) * knobs.clockSkew();
      StoreClock clock =
          new StoreClock(timeline, rate, clocks.between(0, 1L << 40), clocks.between(-5000, 5000));
      machines.add(
          new SimMachine(
              id, address(id), world, clock, new Dice(seed, "disk " + id), snapChannel, placement));
    }
  }

  World world() {
    return world;
  }

  List<SimMachine> machines() {
    return machines;
  }

  /** Ids of all stores that are not lost. */
  List<Integer> storeIds() {
    return machines.stream().filter(machine -> !machine.isLost()).map(SimMachine::id).toList();
  }

  /** The machine of a store that exists. */
  SimMachine machine(int store) {
    SimMachine machine = find(store);
    if (machine == null) {
      throw new Violation("there is no store " + store);
    }
    return machine;
  }

  /** The machine of a store, or null when that has been lost. */
  @Nullable SimMachine find(int store) {
    for (SimMachine machine : machines) {
      if (machine.id() == store && !machine.isLost()) {
        return machine;
      }
    }
    return null;
  }

  /** The disk is lost, if everything survives that; the machine comes back as a new store. */
  void wipe(SimMachine machine, long downNanos) {
    if (!world.knobs().placement().real()
        || machine.isLost()
        || !new Wipes(this).isBearable(machine)) {
      return;
    }
    world.trace().add("disk lost", machine.id());
    world.tally().add("disk wiped");
    boolean isMember = new Wipes(this).isMember(machine);
    machine.wipe();
    world.watch().onRestart(machine.id(), List.of());
    Rejoin rejoin =
        new Rejoin(
            this,
            machine,
            isMember,
            wipes,
            (address, id) -> replace(machine, machine.reborn(id, address)));
    world.timeline().after(downNanos, rejoin::begin);
  }

  private void replace(SimMachine lost, SimMachine reborn) {
    world.network().addStore(reborn.id(), lost.id());
    machines.set(machines.indexOf(lost), reborn);
    reborn.start();
  }

  @Nullable SimProcess processOf(int store) {
    SimMachine machine = find(store);
    return machine == null ? null : machine.process();
  }

  /** Every store is given its identity and the replicas it has of {@code regions}. */
  void format(List<Region> regions) {
    for (SimMachine machine : machines) {
      byte[] version = ByteBuffer.allocate(Long.BYTES).putLong(Bootstrap.FORMAT_VERSION).array();
      StoreIdent ident =
          StoreIdent.newBuilder().setClusterId(CLUSTER_ID).setStoreId(machine.id()).build();
      try (WriteBatch kv = machine.kv().newBatch();
          WriteBatch raft = machine.raft().newBatch()) {
        kv.put(Cf.DEFAULT, Keys.formatVersionKey(), version);
        kv.put(Cf.DEFAULT, Keys.storeIdentKey(), ident.toByteArray());
        for (Region region : regions) {
          if (region.getPeersList().stream().anyMatch(peer -> peer.getStoreId() == machine.id())) {
            RegionStates.putInitialKv(kv, region);
            RegionStates.putInitialRaft(raft, region.getId());
            if (world.knobs().faultKinds().contains(Fault.Kind.ROT)
                && Regions.contains(region, ByteString.copyFromUtf8(UNREAD_KEY))) {
              byte[] key = Keys.dataKey(UNREAD_KEY.getBytes(StandardCharsets.UTF_8));
              kv.put(Cf.DEFAULT, key, ValueCodec.encode(key, ValueCodec.NEVER));
            }
            if (Regions.isSystem(region)) {
              InitialRecords.put(
                  kv, machines.stream().map(each -> record(each.id(), each.address())).toList());
            }
          }
        }
        machine.kv().write(kv, true);
        machine.raft().write(raft, true);
      }
    }
  }

  void start() {
    machines.forEach(SimMachine::start);
  }

  private static String address(int store) {
    return "store-" + store;
  }

  static Store record(int store, String address) {
    return Store.newBuilder().setId(store).setAddress(address).setPeerAddress(address).build();
  }

  /** Regions that tile the keys of clients, each on some stores. */
  static List<Region> initialRegions(Knobs knobs, Dice dice) {
    List<Region> regions = new ArrayList<>();
    for (int i = 0; i < knobs.regions(); i++) {
      long id = 100L + i;
      Region.Builder region =
          Region.newBuilder()
              .setId(id)
              .setStartKey(boundary(knobs, i))
              .setEndKey(boundary(knobs, i + 1))
              .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1));
      int first = dice.below(knobs.stores());
      for (int n = 0; n < knobs.replicas(); n++) {
        int store = 1 + (first + n) % knobs.stores();
        region.addPeers(Peer.newBuilder().setId(id + 100L * store).setStoreId(store));
      }
      regions.add(region.build());
    }
    if (knobs.placement().real()) {
      regions.add(systemRegion(knobs.replicas()));
    }
    return regions;
  }

  /** The region of the real driver, on the first stores. */
  static Region systemRegion(int replicas) {
    Region.Builder system =
        Region.newBuilder()
            .setId(Regions.SYSTEM_REGION_ID)
            .setStartKey(ByteString.copyFrom(Keys.reserved()))
            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1));
    for (int store = 1; store <= replicas; store++) {
      system.addPeers(Peer.newBuilder().setId(4L + 10L * store).setStoreId(store));
    }
    return system.build();
  }

  private static ByteString boundary(Knobs knobs, int number) {
    if (number == knobs.regions() && knobs.placement().real()) {
      return ByteString.copyFrom(Keys.reserved());
    }
    return number == 0 || number == knobs.regions()
        ? ByteString.EMPTY
        : ByteString.copyFromUtf8(ClientModel.key(number * knobs.keys() / knobs.regions()));
  }

  @Override
  public void receive(int to, RaftMessage message) {
    SimProcess process = processOf(to);
    if (process != null) {
      process.now(() -> process.receive(message));
    }
  }

  @Override
  public void unreachable(int from, RaftMessage message) {
    SimProcess process = processOf(from);
    if (process != null) {
      process.later(0, () -> process.unreachable(message));
    }
  }

  void heal() {
    world.network().heal();
    snapChannel.heal();
    for (SimMachine machine : machines) {
      machine.heal();
      machine.start();
    }
  }
}
