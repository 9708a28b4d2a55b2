package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the commands of a scripted scenario, one line each, and says what came of it.
 *
 * <p>A cluster begins with region 1 on some stores; the peer on store i has id i.
 */
final class Scenario {
  private static final long PATIENCE_MILLIS = 10_000;

  /** As the real driver wants them. */
  private static final int REPLICAS = 3;

  private static final Map<PeerRole, String> ROLES =
      Map.of(
          PeerRole.Learner, "learner",
          PeerRole.IncomingVoter, "becomes a voter",
          PeerRole.DemotingVoter, "becomes a learner");

  private @Nullable SimCluster made;
  private @Nullable ScriptedRequests requests;

  /** Carries out one line. */
  List<String> command(String line) {
    List<String> words = new ArrayList<>();
    Map<String, String> options = new LinkedHashMap<>();
    for (String word : line.strip().split("\\s+", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        options.put(word.substring(0, equals), word.substring(equals + 1));
      } else {
        words.add(word);
      }
    }
    return command(words.remove(0), words, options);
  }

  private List<String> command(String verb, List<String> words, Map<String, String> options) {
    return switch (verb) {
      case "cluster" -> create(options);
      case "run" -> run(Long.parseLong(words.get(0)));
      case "put", "get", "delete", "ask" -> List.of(requests().send(verb, words, options));
      case "answers" -> requests().takeAnswers();
      case "load" -> load(words, options);
      case "stop" -> each(words, machine -> machine.crash(false, Long.MAX_VALUE / 4));
      case "power" -> each(words, machine -> machine.crash(true, Long.MAX_VALUE / 4));
      case "space" -> each(words, machine -> machine.leave(DiskUsage.valueOf(words.get(1))));
      case "rot" -> each(words, machine -> machine.rot(words.get(1)));
      case "rot-snapshots" ->
          each(words, machine -> machine.rotSnapshots(Integer.parseInt(words.get(1)) / 100.0));
      case "divergence" -> List.copyOf(cluster().world().watch().divergences());
      case "start" -> each(words, SimMachine::start);
      case "pause" -> each(words, machine -> machine.pause(number(options, "for") * 1_000_000));
      case "partition" -> partition(String.join(" ", words));
      case "cut" -> cut(store(words.get(0)), store(words.get(1)));
      case "drop" -> drop(words, options);
      case "heal" -> heal();
      case "hibernating" -> hibernating(number(options, "region", 1));
      case "leader" -> List.of(leader(number(options, "region", 1)));
      case "transfer" -> transfer(words);
      case "advise-transfer" -> advise(words);
      case "add", "remove" -> changeMember(verb, words, options);
      case "swap" -> swap(words, options);
      case "split" -> split(words);
      case "command-split" -> splitAtStart(words);
      case "count" -> List.of(atLeast(cluster().world().directory().all().size()));
      case "report" -> report(Long.parseLong(words.get(0)));
      case "regions" -> regions();
      case "store" -> store(cluster().machine(store(words.get(0))));
      case "data" -> List.of(data(store(words.get(0)), words.get(1)));
      case "await" -> await(words);
      case "log" -> log(store(words.get(0)), Long.parseLong(words.get(1)));
      case "snapshots" -> List.of(snapshots(store(words.get(0))));
      case "evidence" -> cluster().machine(store(words.get(0))).snapshots().evidence();
      case "well" -> well();
      case "check" -> check();
      default -> throw new IllegalArgumentException("no command " + verb);
    };
  }

  private SimCluster cluster() {
    if (made == null) {
      throw new IllegalStateException("a scenario begins with its cluster");
    }
    return made;
  }

  private ScriptedRequests requests() {
    if (requests == null) {
      throw new IllegalStateException("a scenario begins with its cluster");
    }
    return requests;
  }

  private static int store(String word) {
    return Integer.parseInt(word);
  }

  private static long number(Map<String, String> options, String name) {
    return number(options, name, -1);
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    String value = options.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  private List<String> create(Map<String, String> options) {
    int stores = (int) number(options, "stores", 3);
    int replicas = (int) number(options, "replicas", stores);
    ConfigBuilder config = ConfigBuilder.from(RaftStoreConfig.defaults());
    options.forEach(
        (name, value) -> {
          if (name.startsWith("log")) {
            config.set(name, name.endsWith("Tick") ? millis(value) : Long.valueOf(value));
          } else if (name.equals("entryBytesMax")) {
            config.set(name, Long.valueOf(value));
          } else if (name.equals("hibernateTicks") || name.equals("heartbeatTicks")) {
            config.set(name, Integer.valueOf(value));
          }
        });
    config.set("regionHeartbeatTick", Duration.ofMillis(200));
    Knobs knobs = Knobs.quiet(stores, config.build(), options);
    SimCluster cluster = new SimCluster(number(options, "seed", 1), knobs);
    Region.Builder region =
        Region.newBuilder()
            .setId(1)
            .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1));
    for (int store = 1; store <= replicas; store++) {
      region.addPeers(Peer.newBuilder().setId(store).setStoreId(store));
    }
    if (knobs.placement().real()) {
      region.setEndKey(ByteString.copyFrom(Keys.reserved()));
      cluster.format(List.of(region.build(), SimCluster.systemRegion(replicas)));
    } else {
      cluster.format(List.of(region.build()));
    }
    cluster.start();
    made = cluster;
    requests = new ScriptedRequests(cluster);
    return List.of();
  }

  private static Duration millis(String value) {
    return Duration.ofMillis(Long.parseLong(value));
  }

  private List<String> run(long millis) {
    Timeline timeline = cluster().world().timeline();
    timeline.runUntil(timeline.nowNanos() + millis * Timeline.MILLI);
    return List.of();
  }

  /** Lets time pass until something is so; returns whether it came to be. */
  private boolean until(BooleanSupplier condition) {
    for (long waited = 0; waited < PATIENCE_MILLIS; waited += 20) {
      if (condition.getAsBoolean()) {
        return true;
      }
      run(20);
    }
    return condition.getAsBoolean();
  }

  private List<String> load(List<String> words, Map<String, String> options) {
    int count = Integer.parseInt(words.get(0));
    int bytes = (int) number(options, "bytes", 1);
    int failed = 0;
    for (int i = 0; i < count; i++) {
      List<String> put = List.of("load%04d".formatted(i), "x".repeat(bytes));
      if (!requests().send("put", put, options).equals("ok")) {
        failed++;
      }
    }
    return failed == 0 ? List.of() : List.of(failed + " of " + count + " failed");
  }

  private List<String> each(List<String> words, Consumer<SimMachine> action) {
    for (SimMachine machine : cluster().machines()) {
      if (words.get(0).equals("all") || words.contains(Integer.toString(machine.id()))) {
        action.accept(machine);
      }
    }
    return List.of();
  }

  /** Sides are separated by bars: {@code 1 2 | 3}. */
  private List<String> partition(String sides) {
    List<List<String>> groups = new ArrayList<>();
    for (String side : sides.split("\\|", -1)) {
      groups.add(List.of(side.strip().split("[ ,]+")));
    }
    for (List<String> from : groups) {
      for (List<String> to : groups) {
        if (from != to) {
          from.forEach(
              one ->
                  to.forEach(other -> cluster().world().network().cut(store(one), store(other))));
        }
      }
    }
    return List.of();
  }

  private List<String> cut(int from, int to) {
    cluster().world().network().cut(from, to);
    return List.of();
  }

  private List<String> drop(List<String> words, Map<String, String> options) {
    Predicate<RaftMessage> kind = kind(words.get(0));
    long from = number(options, "from");
    long to = number(options, "to");
    long region = number(options, "region");
    cluster()
        .world()
        .network()
        .dropping(
            message ->
                kind.test(message)
                    && (from < 0 || message.getFromPeer().getStoreId() == from)
                    && (to < 0 || message.getToPeer().getStoreId() == to)
                    && (region < 0 || message.getRegionId() == region));
    return List.of();
  }

  /** Messages of a type of raft's, or of those that stores send each other besides. */
  private static Predicate<RaftMessage> kind(String word) {
    return switch (word) {
      case "Tombstone" -> RaftMessage::getIsTombstone;
      case "Hibernation" -> RaftMessage::hasHibernation;
      default -> {
        MessageType type = MessageType.valueOf("Msg" + word);
        yield message -> message.hasMessage() && message.getMessage().getMsgType() == type;
      }
    };
  }

  private List<String> heal() {
    cluster().world().network().heal();
    return List.of();
  }

  private @Nullable RegionStatus serving(long regionId) {
    RegionStatus best = null;
    for (SimMachine machine : cluster().machines()) {
      SimProcess process = machine.process();
      RegionStatus status = process == null ? null : process.store().regionStatus(regionId);
      if (status != null && status.serving() && (best == null || status.term() > best.term())) {
        best = status;
      }
    }
    return best;
  }

  /** On which stores a region hibernates. */
  private List<String> hibernating(long regionId) {
    List<String> stores = new ArrayList<>();
    for (SimMachine machine : cluster().machines()) {
      SimProcess process = machine.process();
      RegionStatus status = process == null ? null : process.store().regionStatus(regionId);
      if (status != null && status.hibernating()) {
        stores.add("store " + machine.id());
      }
    }
    return List.of(stores.isEmpty() ? "nowhere" : String.join(", ", stores));
  }

  boolean isWithoutLeader(long regionId) {
    return serving(regionId) == null;
  }

  private String leader(long regionId) {
    if (!until(() -> serving(regionId) != null)) {
      return "nobody leads region " + regionId;
    }
    return "store " + storeOf(serving(regionId)) + " leads region " + regionId;
  }

  private static long storeOf(@Nullable RegionStatus status) {
    if (status == null) {
      return 0;
    }
    for (Peer peer : status.region().getPeersList()) {
      if (peer.getId() == status.peerId()) {
        return peer.getStoreId();
      }
    }
    return 0;
  }

  /** As {@link #transfer}, without waiting for what comes of it. */
  private List<String> advise(List<String> words) {
    Directory.Route route = requests().route(Long.parseLong(words.get(0)));
    Peer peer = Regions.peerOn(route.region(), Long.parseLong(words.get(1)));
    if (peer == null) {
      return List.of("no peer there");
    }
    requests().admin().transferLeader(route, peer);
    return List.of();
  }

  private List<String> transfer(List<String> words) {
    long regionId = Long.parseLong(words.get(0));
    long target = Long.parseLong(words.get(1));
    List<String> refused = advise(words);
    if (!refused.isEmpty()) {
      return refused;
    }
    boolean moved = until(() -> storeOf(serving(regionId)) == target);
    return List.of(moved ? "store " + target + " leads region " + regionId : "still not");
  }

  private List<String> changeMember(String verb, List<String> words, Map<String, String> options) {
    long regionId = Long.parseLong(words.get(0));
    long storeId = Long.parseLong(words.get(1));
    Directory.Route route = requests().route(regionId);
    Peer there = Regions.peerOn(route.region(), storeId);
    Peer.Builder peer =
        verb.equals("remove") && there != null
            ? there.toBuilder()
            : Peer.newBuilder().setId(number(options, "peer", storeId)).setStoreId(storeId);
    boolean learner = words.contains("learner");
    if (learner) {
      peer.setRole(PeerRole.Learner);
    } else {
      peer.clearRole();
    }
    ConfChangeType type =
        verb.equals("remove")
            ? ConfChangeType.RemoveNode
            : learner ? ConfChangeType.AddLearnerNode : ConfChangeType.AddNode;
    String outcome =
        requests().order(() -> requests().admin().changeMember(route, type, peer.build()));
    return List.of(outcome);
  }

  /** {@code swap region in out}: a peer on one store becomes a voter, on the other a learner. */
  private List<String> swap(List<String> words, Map<String, String> options) {
    Directory.Route route = requests().route(Long.parseLong(words.get(0)));
    long storeIn = Long.parseLong(words.get(1));
    Peer there = Regions.peerOn(route.region(), storeIn);
    Peer in =
        there != null
            ? there
            : Peer.newBuilder().setId(number(options, "peer", storeIn)).setStoreId(storeIn).build();
    Peer out = Regions.peerOn(route.region(), Long.parseLong(words.get(2)));
    if (out == null) {
      return List.of("no peer there");
    }
    return List.of(requests().order(() -> requests().admin().swap(route, in, out)));
  }

  private List<String> split(List<String> words) {
    Directory.Route route = requests().route(Long.parseLong(words.get(0)));
    ByteString key = ByteString.copyFromUtf8(words.get(1));
    return List.of(
        requests().order(() -> requests().admin().split(route, key, words.contains("right"))));
  }

  /** Sends a split that no driver would ask for. */
  private List<String> splitAtStart(List<String> words) {
    Directory.Route route = requests().route(Long.parseLong(words.get(0)));
    ByteString key = ByteString.copyFromUtf8(words.get(1));
    return List.of(requests().order(() -> requests().admin().splitUnchecked(route, key, false)));
  }

  private static String atLeast(int regions) {
    return regions >= 10 ? "many regions" : regions + " regions";
  }

  private List<String> regions() {
    run(300);
    return cluster().world().directory().all().stream()
        .map(Directory.Route::region)
        .filter(region -> !Regions.isSystem(region))
        .sorted(Comparator.comparing(Region::getStartKey, Regions::compare))
        .map(Scenario::describe)
        .toList();
  }

  /** What the driver was told last of a region's replicas. */
  private List<String> report(long regionId) {
    run(300);
    PlacementTask.Leads leads = cluster().world().directory().lastReport(regionId);
    return leads == null
        ? List.of("none")
        : List.of(
            "down %s, pending %s"
                .formatted(
                    leads.downPeers().stream().map(down -> down.getPeer().getId()).toList(),
                    leads.pendingPeers().stream().map(Peer::getId).toList()));
  }

  private static String describe(Region region) {
    List<String> peers = new ArrayList<>();
    for (Peer peer : region.getPeersList()) {
      peers.add(
          peer.getId()
              + " on "
              + peer.getStoreId()
              + (peer.getRole() == PeerRole.Voter ? "" : " (" + ROLES.get(peer.getRole()) + ")")
              + (peer.getQuarantined() ? " (quarantined)" : ""));
    }
    return "%sregion %d [%s, %s) epoch %d/%d: %s"
        .formatted(
            region.getDisputed() ? "disputed " : "",
            region.getId(),
            region.getStartKey().toStringUtf8(),
            Keys.isReserved(region.getEndKey().toByteArray())
                ? ""
                : region.getEndKey().toStringUtf8(),
            region.getRegionEpoch().getConfVer(),
            region.getRegionEpoch().getVersion(),
            String.join(", ", peers));
  }

  /** What the disk says. */
  private static List<String> store(SimMachine machine) {
    List<String> lines = new ArrayList<>();
    for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
      if (Regions.isSystem(state.getRegion())) {
        continue;
      }
      lines.add(state.getState() + " " + describe(state.getRegion()));
    }
    return lines.isEmpty() ? List.of("empty") : lines;
  }

  private String data(int store, String key) {
    byte[] stored =
        cluster()
            .machine(store)
            .kv()
            .get(Cf.DEFAULT, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)));
    return stored == null ? "none" : new String(ValueCodec.value(stored), StandardCharsets.UTF_8);
  }

  /** {@code await STORE KEY VALUE}, or {@code await STORE gone REGION}. */
  private List<String> await(List<String> words) {
    int store = store(words.get(0));
    boolean came =
        words.get(1).equals("gone")
            ? until(
                () ->
                    store(cluster().machine(store)).stream()
                        .noneMatch(line -> line.startsWith("Normal region " + words.get(2) + " ")))
            : until(() -> data(store, words.get(1)).equals(words.get(2)));
    return List.of(came ? "yes" : "no");
  }

  private List<String> log(int store, long regionId) {
    SimProcess process = cluster().machine(store).process();
    RegionStatus status = process == null ? null : process.store().regionStatus(regionId);
    if (status == null) {
      return List.of("none");
    }
    return List.of(status.firstIndex() > 6 ? "shortened" : "whole");
  }

  private String snapshots(int store) {
    return cluster().machine(store).snapshots().names().isEmpty() ? "none" : "some";
  }

  /** Waits until no replica is out of service and every region has as many as at first. */
  private List<String> well() {
    boolean well = until(() -> cluster().machines().stream().allMatch(this::isWell));
    return List.of(well ? "yes" : "no");
  }

  private boolean isWell(SimMachine machine) {
    for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
      Region region = state.getRegion();
      if (state.getState() == PeerState.Normal
          && !Regions.isSystem(region)
          && (region.getDisputed()
              || region.getPeersCount() != REPLICAS
              || region.getPeersList().stream()
                  .anyMatch(peer -> peer.getQuarantined() || peer.getRole() != PeerRole.Voter))) {
        return false;
      }
    }
    return true;
  }

  private List<String> check() {
    boolean consistent = until(() -> ClosingChecks.violations(cluster()).isEmpty());
    return consistent ? List.of("consistent") : ClosingChecks.violations(cluster());
  }
}
