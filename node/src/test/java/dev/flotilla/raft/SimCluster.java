package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A cluster in one thread, with a network and crashes drawn from a seed, that checks itself: what
 * was applied and read as it happens, the logs by {@link SimLaws} after every event.
 */
final class SimCluster implements SimNode.Observer {
  private final Random random;
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<Message> network = new ArrayList<>();
  private final Map<Long, Long> hashes = new HashMap<>();
  private final Map<Long, Long> terms = new HashMap<>();
  private final Map<String, Long> votes = new HashMap<>();
  private final Map<Payload, Long> readFloors = new HashMap<>();
  private long highestApplied;
  private long nextCommand;
  private final SimLaws laws;

  /** Replicas hear only those of their own side; all are on side 0 when the network is whole. */
  private final int[] sides;

  private final int size;
  private int readsServed;
  private final boolean commitsByVote;
  private final String describes;

  SimCluster(long seed) {
    random = new Random(seed);
    SplittableRandom draws = new SplittableRandom(seed);
    boolean checkQuorum = random.nextBoolean();
    boolean preVote = random.nextBoolean();
    boolean skipBcast = random.nextBoolean();
    boolean batch = random.nextBoolean();
    boolean async = random.nextInt(3) == 0;
    commitsByVote = random.nextInt(3) > 0;
    size = 3 + random.nextInt(5);
    sides = new int[size + 1];
    laws = new SimLaws(size);
    describes =
        "seed %d: nodes=%d checkQuorum=%s preVote=%s skipBcast=%s batch=%s async=%s"
            .formatted(seed, size, checkQuorum, preVote, skipBcast, batch, async);
    for (long id = 1; id <= size; id++) {
      RaftConfig.Builder settings =
          RaftConfig.builder(
                  id, new TextConfChangeCodec(), (term, min, max) -> draws.nextInt(min, max))
              .electionTicks(6)
              .checkQuorum(checkQuorum)
              .preVote(preVote)
              .skipBcastCommit(skipBcast)
              .batchAppend(batch)
              .commitByVote(commitsByVote)
              .asyncStorageWrites(async)
              .stepDownOnRemoval(true)
              .inflightMessagesMax(4)
              .messageBytesMax(40)
              .committedBytesMax(60)
              .uncommittedBytesMax(400);
      nodes.add(new SimNode(id, random, this, this::send, settings, async));
    }
    nodes.subList(0, 3).forEach(node -> node.bootstrap(ConfState.ofVoters(1, 2, 3)));
    for (SimNode node : nodes) {
      node.start();
      laws.started(node.raw());
    }
  }

  private void send(Message message) {
    network.add(message);
  }

  /** Lets anything happen. */
  void step(boolean faults) {
    SimNode node = nodes.get(random.nextInt(size));
    if (!node.isUp()) {
      if (!faults || random.nextInt(20) == 0) {
        node.start();
        laws.started(node.raw());
      }
      return;
    }
    act(node, faults);
    if (node.isUp()) {
      check(laws.violated(node.raw()), node.id);
    }
  }

  private void act(SimNode node, boolean faults) {
    switch (random.nextInt(faults ? 26 : 22)) {
      case 0, 1, 2, 3 -> node.raw().tick();
      case 4, 5, 6, 7, 8, 9, 10, 11 -> {
        for (int i = 0; i < (faults ? 1 : 4); i++) {
          deliver(faults);
        }
      }
      case 12, 13, 14, 15, 16, 17 -> {
        for (int i = 0; i < (faults ? 1 : 4) && node.isUp(); i++) {
          node.work(faults ? 60 : 0);
        }
      }
      case 18 -> propose(node);
      case 19 -> read(node);
      case 20 -> changeMembers(node);
      case 21 -> {
        if (random.nextInt(20) == 0) {
          node.raw().transferLeader(1 + random.nextInt(size));
        }
      }
      case 22 -> {
        if (random.nextInt(60) == 0) {
          node.crash();
        }
      }
      case 23 -> {
        if (random.nextInt(40) == 0) {
          partition(node);
        }
      }
      case 24 -> node.raw().reportUnreachable(1 + random.nextInt(size));
      default -> {
        if (random.nextInt(100) == 0) {
          node.raw().campaign();
        }
      }
    }
  }

  private void check(String violation, long id) {
    check(violation.isEmpty(), id + ": " + violation);
  }

  /** Heals the network, cuts one off, or parts it in two. */
  private void partition(SimNode node) {
    Arrays.fill(sides, 0);
    switch (random.nextInt(4)) {
      case 0, 1 -> {}
      case 2 -> sides[(int) node.id] = 1;
      default -> Arrays.setAll(sides, id -> random.nextInt(2));
    }
  }

  private void deliver(boolean faults) {
    if (network.isEmpty()) {
      return;
    }
    // Any order, some twice, some never.
    int at = random.nextInt(Math.min(network.size(), faults ? 12 : 1));
    boolean twice = faults && random.nextInt(15) == 0;
    Message message = twice ? network.get(at) : network.remove(at);
    boolean cut = faults && sides[(int) message.from()] != sides[(int) message.to()];
    boolean lost = cut || (faults && random.nextInt(12) == 0);
    if (lost) {
      network.remove(message);
    } else {
      SimNode target = nodes.get((int) message.to() - 1);
      target.step(message);
      if (target.isUp()) {
        check(laws.violated(target.raw()), target.id);
      }
    }
    if (message.type() == MsgType.SNAPSHOT && !twice) {
      SimNode sender = nodes.get((int) message.from() - 1);
      if (sender.isUp()) {
        sender.raw().reportSnapshot(message.to(), !lost);
      }
    }
  }

  private void propose(SimNode node) {
    if (node.raw().isLeader() || random.nextInt(10) == 0) {
      int count = 1 + random.nextInt(3);
      List<Payload> batch = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        batch.add(Payload.ofUtf8("command " + nextCommand++));
      }
      node.raw().proposeBatch(batch);
    }
  }

  private void read(SimNode node) {
    Payload context = Payload.ofUtf8("read " + readFloors.size());
    readFloors.put(context, laws.highestCommitted());
    node.raw().readIndex(context);
  }

  private void changeMembers(SimNode node) {
    if (!node.raw().isLeader() || random.nextInt(4) != 0) {
      return;
    }
    List<ConfChange.Single> changes = new ArrayList<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      ConfChange.Type[] types = ConfChange.Type.values();
      changes.add(
          new ConfChange.Single(types[random.nextInt(types.length)], 1 + random.nextInt(size)));
    }
    ConfChange.Transition[] transitions = ConfChange.Transition.values();
    ConfChange change =
        count == 0
            ? ConfChange.V2.LEAVE_JOINT
            : new ConfChange.V2(
                transitions[random.nextInt(transitions.length)], changes, Payload.EMPTY);
    if (node.raw().confChangeRefusal(change) == null) {
      node.raw().proposeConfChange(change, Payload.EMPTY);
    }
  }

  /** Returns whether conf changes that only a removed peer knows of cannot block elections. */
  boolean mustRecover() {
    return commitsByVote;
  }

  /** Repairs everything and returns whether the cluster gets new commands applied. */
  boolean recovers() {
    Arrays.fill(sides, 0);
    long before = highestApplied;
    for (int i = 0; i < 60_000; i++) {
      step(false);
      if (highestApplied > before + 20) {
        return true;
      }
    }
    return false;
  }

  int readsServed() {
    return readsServed;
  }

  long highestApplied() {
    return highestApplied;
  }

  @Override
  public void onApplied(long id, long index, long term, long hash) {
    Long otherHash = hashes.putIfAbsent(index, hash);
    Long otherTerm = terms.putIfAbsent(index, term);
    check(otherHash == null || otherHash == hash, id + " diverges at " + index);
    check(otherTerm == null || otherTerm == term, id + " has another term at " + index);
    highestApplied = Math.max(highestApplied, index);
  }

  @Override
  public void onRead(long id, long readIndex, Payload context) {
    Long floor = readFloors.get(context);
    check(floor != null && readIndex >= floor, "stale read at " + readIndex + " below " + floor);
    readsServed++;
  }

  @Override
  public void onVote(long id, long term, long vote) {
    if (vote != 0) {
      Long other = votes.putIfAbsent(id + " in " + term, vote);
      check(other == null || other == vote, id + " votes twice in term " + term);
    }
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + " (" + describes + ")");
    }
  }

  @Override
  public String toString() {
    return describes;
  }
}
