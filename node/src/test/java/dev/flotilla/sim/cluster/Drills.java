package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.raftstore.Regions;

/**
 * Faults aimed at the leader of a region that is in use, while its keys are written and everyone is
 * asked for them: the moments in which two replicas may both think that they lead.
 */
final class Drills {
  private static final long PROBE_EVERY_MILLIS = 30;
  private static final int PROBES = 100;
  private static final int WRITES = 25;
  private static final int CROWD_WRITES = 20;
  private static final int LOOKS = 50;

  private final SimCluster cluster;
  private final ClientModel clients;
  private final AdminModel admin;
  private final Corners corners;
  private final ReplicaWatch replicas;

  Drills(SimCluster cluster, ClientModel clients, AdminModel admin, ReplicaWatch replicas) {
    this.replicas = replicas;
    this.cluster = cluster;
    this.clients = clients;
    this.admin = admin;
    this.corners = new Corners(cluster, clients, admin);
  }

  void begin(Fault fault) {
    String key = clients.hotKey(fault.other());
    Directory.Route route = cluster.world().directory().byKey(ByteString.copyFromUtf8(key));
    if (route == null) {
      return;
    }
    Timeline timeline = cluster.world().timeline();
    clients.write(key, WRITES);
    for (int i = 0; i < PROBES; i++) {
      timeline.after(i * PROBE_EVERY_MILLIS * Timeline.MILLI, () -> clients.probe(key));
    }
    int leader = (int) route.leader().getStoreId();
    long random = fault.other() / 7;
    switch (fault.kind()) {
      case ISOLATE_LEADER -> timeline.after(300 * Timeline.MILLI, () -> isolate(leader, 2_500));
      case PAUSE_LEADER ->
          timeline.after(
              200 * Timeline.MILLI,
              () -> {
                SimMachine machine = cluster.find(leader);
                if (machine != null) {
                  machine.pause((900 + random % 2_500) * Timeline.MILLI);
                }
              });
      case LATE_ANSWERS_TO_LEADER -> answerLate(leader, 500 + random % 1_000);
      case SPLIT_IN_USE -> {
        // What is logged behind a split must not reach the new region by its old one's log.
        clients.crowd(key, CROWD_WRITES);
        for (int i = 0; i < LOOKS; i++) {
          timeline.after(
              (300 + 20L * i) * Timeline.MILLI,
              () -> replicas.lookAt(ByteString.copyFromUtf8(key)));
        }
        for (int i = 0; i < 2; i++) {
          boolean right = (random >> i & 1) == 1;
          timeline.after(
              (300 + 5L * i) * Timeline.MILLI,
              () -> admin.splitInUse(ByteString.copyFromUtf8(key), right));
        }
      }
      case CHANGE_UNAPPLIED -> corners.changeUnapplied(key);
      case OLD_ENTRY_ON_QUORUM -> corners.oldEntryOnQuorum(key);
      case CHANGE_TWICE -> timeline.after(300 * Timeline.MILLI, () -> changeTwice(key));
      default -> {
        Peer next = route.region().getPeers((int) (random % route.region().getPeersCount()));
        timeline.after(
            300 * Timeline.MILLI,
            () -> {
              admin.transferLeader(route, next);
              timeline.after(random % 12 * Timeline.MILLI / 2, () -> cutIncoming(leader, 1_500));
            });
      }
    }
  }

  private void changeTwice(String key) {
    Directory.Route route = cluster.world().directory().byKey(ByteString.copyFromUtf8(key));
    if (route == null || !admin.addWhereMissing(route)) {
      return;
    }
    cluster
        .world()
        .timeline()
        .after(
            40 * Timeline.MILLI,
            () -> {
              for (Peer peer : route.region().getPeersList()) {
                if (peer.getId() != route.leader().getId()) {
                  cutFromOthers(route, (int) peer.getStoreId());
                }
              }
            });
  }

  /** The old followers hear of each other, and of nobody else. */
  private void cutFromOthers(Directory.Route route, int store) {
    for (SimMachine other : cluster.machines()) {
      Peer peer = Regions.peerOn(route.region(), other.id());
      if (peer == null || peer.getId() == route.leader().getId()) {
        cut(store, other.id(), 3_000);
        cut(other.id(), store, 3_000);
      }
    }
  }

  /** Heartbeats arrive for a while, then nothing; their answers are on the way for longer. */
  private void answerLate(int leader, long lateMillis) {
    Timeline timeline = cluster.world().timeline();
    long until = timeline.nowNanos() + (300 + lateMillis) * Timeline.MILLI;
    timeline.after(
        250 * Timeline.MILLI,
        () ->
            cluster
                .machines()
                .forEach(other -> cluster.world().network().clog(other.id(), leader, until)));
    timeline.after(350 * Timeline.MILLI, () -> cutOutgoing(leader, 3_000));
    timeline.at(until + 20 * Timeline.MILLI, () -> cutIncoming(leader, 2_500));
  }

  private void isolate(int store, long millis) {
    cutOutgoing(store, millis);
    cutIncoming(store, millis);
  }

  private void cutOutgoing(int store, long millis) {
    for (SimMachine other : cluster.machines()) {
      cut(store, other.id(), millis);
    }
  }

  private void cutIncoming(int store, long millis) {
    for (SimMachine other : cluster.machines()) {
      cut(other.id(), store, millis);
    }
  }

  private void cut(int from, int to, long millis) {
    if (from != to) {
      SimNetwork network = cluster.world().network();
      network.cut(from, to);
      cluster.world().timeline().after(millis * Timeline.MILLI, () -> network.mend(from, to));
    }
  }
}
