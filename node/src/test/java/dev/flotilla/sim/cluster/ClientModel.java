package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.sim.history.History;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The clients of a run, their keys, and the network between them and the stores. */
final class ClientModel {
  private static final int BURSTS = 24;
  private static final String[] KEYS = new String[100];

  static {
    for (int i = 0; i < KEYS.length; i++) {
      KEYS[i] = "k%02d".formatted(i);
    }
  }

  private final World world;
  private final IntFunction<@Nullable SimProcess> processes;
  private final Dice dice;
  private final History history = new History();
  private final List<SimClient> clients = new ArrayList<>();
  private final SimClient prober;
  private final SimClient writer;
  private final List<SimClient> crowd = new ArrayList<>();
  private final List<String> hotKeys = new ArrayList<>();
  private final Map<Long, String> refused = new HashMap<>();
  private final Map<Object, Runnable> open = new LinkedHashMap<>();
  private boolean calm;
  private long lastValue;
  private int lastClient = 1000;

  /**
   * @param processes the running process of a store, or null
   */
  ClientModel(long seed, World world, IntFunction<@Nullable SimProcess> processes) {
    this.world = world;
    this.processes = processes;
    this.dice = new Dice(seed, "clients");
    for (int i = 1; i <= world.knobs().clients(); i++) {
      clients.add(new SimClient(i, this, new Dice(seed, "client " + i)));
    }
    prober = new SimClient(0, this, new Dice(seed, "prober"));
    writer = new SimClient(-1, this, new Dice(seed, "writer"));
    for (int i = 0; i < 3; i++) {
      crowd.add(new SimClient(-2 - i, this, new Dice(seed, "crowd " + i)));
    }
    for (int i = 0; i < 1 + dice.below(4); i++) {
      hotKeys.add(key(dice.below(world.knobs().keys())));
    }
  }

  /** A client for the end of the run. */
  SimClient closingClient() {
    return new SimClient(++lastClient, this, new Dice(dice.seed(), "closing"));
  }

  static String key(int number) {
    return KEYS[number];
  }

  /** Spreads all operations over the run, in bursts; many of them after a fault. */
  void begin(List<Fault> faults) {
    long endMillis = world.knobs().minutes() * 60_000L;
    int left = world.knobs().operations();
    for (int burst = 0; burst < BURSTS && left > 0; burst++) {
      boolean afterFault = !faults.isEmpty() && dice.chance(0.6);
      long atMillis =
          afterFault
              ? dice.pick(faults).atMillis() + dice.between(0, 1_500)
              : 2_000 + dice.between(0, endMillis - 10_000);
      int each = Math.max(1, world.knobs().operations() / BURSTS / clients.size());
      long thinkMillis = dice.chance(0.5) ? 30 : 300;
      for (SimClient client : clients) {
        left -= each;
        world.timeline().at(atMillis * Timeline.MILLI, () -> client.work(each, thinkMillis));
      }
    }
  }

  /** A key that many clients use. */
  String hotKey(long number) {
    return hotKeys.get((int) (number % hotKeys.size()));
  }

  /** Asks every replica for {@code key}; those that may not answer refuse. */
  void probe(String key) {
    Directory.Route route = world.directory().byKey(ByteString.copyFromUtf8(key));
    if (route != null) {
      for (Peer peer : route.region().getPeersList()) {
        prober.probe(key, new Directory.Route(route.region(), peer, 0));
      }
    }
  }

  /** Writes {@code key} a number of times. */
  void write(String key, int times) {
    writer.write(key, times, 60);
  }

  /** Several clients write {@code key} at once, each a number of times with hardly a pause. */
  void crowd(String key, int times) {
    crowd.forEach(client -> client.write(key, times, 12));
  }

  World world() {
    return world;
  }

  History history() {
    return history;
  }

  @Nullable SimProcess processOf(int store) {
    return processes.apply(store);
  }

  /** Attempts that nobody has answered yet; {@code unknown} notes one as that. */
  void open(Object attempt, Runnable unknown) {
    open.put(attempt, unknown);
  }

  void closed(Object attempt) {
    open.remove(attempt);
  }

  /** The run is over: what has no answer will have none. */
  void end() {
    new ArrayList<>(open.values()).forEach(Runnable::run);
  }

  /** A write was certainly not carried out. */
  void onRefused(long value, String refusal) {
    refused.put(value, refusal);
  }

  /** Somebody saw a value: it may be none that was refused. */
  void onSeen(String key, long value) {
    String refusal = refused.get(value);
    if (refusal != null) {
      throw new Violation(
          "value %d of %s is there, although it was refused: %s".formatted(value, key, refusal));
    }
  }

  String pickKey(Dice client) {
    return client.chance(0.6) ? client.pick(hotKeys) : key(client.below(world.knobs().keys()));
  }

  long newValue() {
    return ++lastValue;
  }

  ByteString stored(long value) {
    long more = value % 7 == 0 ? value % 300 : 0;
    return Values.encode(value, world.knobs().ballast() + (int) more);
  }

  /** Takes a request or an answer over the network, if it arrives. */
  void carry(Runnable arrival) {
    if (calm || !dice.chance(world.knobs().net().lossOdds())) {
      world.timeline().after((long) (dice.fraction() * 2 * Timeline.MILLI), arrival);
    }
  }

  /**
   * No more losses between clients and stores, and no more writes of drills: of many that met a
   * region out of service more are left than end before replicas are compared.
   */
  void heal() {
    calm = true;
    writer.rest();
    crowd.forEach(SimClient::rest);
  }

  /** A write was acknowledged: some are read back at once, from everyone who will answer. */
  void onWritten(String key, Dice client) {
    if (!client.chance(world.knobs().probes())) {
      return;
    }
    probe(key);
  }
}
