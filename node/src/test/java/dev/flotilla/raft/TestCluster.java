package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Replicas in one thread with a lossless network, unless a test drops messages. */
final class TestCluster {
  private static final ConfChangeCodec CODEC = new TextConfChangeCodec();

  final Map<Long, RawNode> nodes = new TreeMap<>();
  final Map<Long, MemStorage> disks = new TreeMap<>();
  final Map<Long, List<ReadState>> reads = new TreeMap<>();

  /** All messages that were sent, lost ones included. */
  final List<Message> sent = new ArrayList<>();

  /** Every entry that was handed out to be applied, by index. */
  final Map<Long, Entry> acknowledged = new TreeMap<>();

  private final UnaryOperator<RaftConfig.Builder> settings;
  private long crashing;
  private int crashStep = Integer.MAX_VALUE;
  private int steps;
  private List<Message> network = new ArrayList<>();
  private Predicate<Message> dropped = message -> false;

  private TestCluster(UnaryOperator<RaftConfig.Builder> settings) {
    this.settings = settings;
  }

  static TestCluster of(int voters, UnaryOperator<RaftConfig.Builder> settings) {
    TestCluster cluster = new TestCluster(settings);
    long[] ids = new long[voters];
    for (int i = 0; i < voters; i++) {
      ids[i] = i + 1L;
    }
    for (long id : ids) {
      cluster.add(id, MemStorage.ofVoters(ids));
    }
    return cluster;
  }

  static TestCluster of(int voters) {
    return of(voters, each -> each);
  }

  /** Election timeouts are 10 ticks. */
  static RaftConfig.Builder config(long id) {
    return RaftConfig.builder(id, CODEC, (term, min, max) -> min);
  }

  RawNode add(long id, MemStorage disk) {
    RawNode node = new RawNode(settings.apply(config(id)).build(), disk);
    nodes.put(id, node);
    disks.put(id, disk);
    reads.put(id, new ArrayList<>());
    return node;
  }

  RawNode node(long id) {
    RawNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return node;
  }

  MemStorage disk(long id) {
    MemStorage disk = disks.get(id);
    if (disk == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return disk;
  }

  void drop(Predicate<Message> lost) {
    dropped = lost;
  }

  void isolate(long id) {
    drop(message -> message.from() == id || message.to() == id);
  }

  void heal() {
    drop(message -> false);
  }

  /** Elects {@code id}. */
  TestCluster elect(long id) {
    node(id).campaign();
    settle();
    if (!node(id).isLeader()) {
      throw new AssertionError(id + " was not elected");
    }
    return this;
  }

  /** Handles what is to be handled, and delivers, until nothing moves. */
  void settle() {
    boolean busy = true;
    for (int round = 0; busy; round++) {
      if (round > 2000) {
        throw new AssertionError("never quiet: " + network);
      }
      busy = false;
      for (Map.Entry<Long, RawNode> each : nodes.entrySet()) {
        while (each.getValue().hasReady()) {
          handleReady(each.getKey());
          busy = true;
        }
      }
      List<Message> delivered = network;
      network = new ArrayList<>();
      for (Message message : delivered) {
        busy = true;
        RawNode target = nodes.get(message.to());
        if (!dropped.test(message) && target != null) {
          target.step(message);
        }
      }
    }
  }

  /** Starts replicas anew, each with a log of these terms and in the term of its last entry. */
  static TestCluster ofLogs(UnaryOperator<RaftConfig.Builder> settings, long[]... logs) {
    TestCluster cluster = of(logs.length, settings);
    for (int i = 0; i < logs.length; i++) {
      cluster.add(i + 1L, Wire.disk(logs.length, logs[i]));
    }
    return cluster;
  }

  /** Starts {@code id} again from its disk. */
  RawNode restart(long id) {
    return add(id, disk(id));
  }

  /** Handles every Ready of {@code id}; what it sends is not delivered before {@link #settle}. */
  void persist(long id) {
    while (node(id).hasReady()) {
      handleReady(id);
    }
  }

  /** Makes {@code id} leader by votes that the others know nothing of. */
  RawNode lead(long id) {
    RawNode node = node(id);
    node.campaign();
    persist(id);
    for (long voter : nodes.keySet()) {
      if (node.role() == Role.CANDIDATE && voter != id) {
        node.step(
            Message.builder(MsgType.VOTE_RESPONSE).from(voter).to(id).term(node.term()).build());
      }
    }
    persist(id);
    lose();
    if (!node.isLeader()) {
      throw new AssertionError(id + " does not lead");
    }
    return node;
  }

  /** Loses what is under way and forgets what was sent. */
  void lose() {
    network = new ArrayList<>();
    sent.clear();
  }

  /** Returns what {@code leader} knows of {@code id}. */
  Progress peer(long leader, long id) {
    Progress peer = node(leader).raft().tracker.find(id);
    if (peer == null) {
      throw new IllegalArgumentException("no peer " + id);
    }
    return peer;
  }

  /** Lets {@code id} crash, and start again at once, before one of the steps of its Readys. */
  void crashBefore(long id, int step) {
    crashing = id;
    crashStep = step;
  }

  /** Returns how many steps the replica that may crash has made. */
  int steps() {
    return steps;
  }

  private boolean crashes(long id) {
    if (id == crashing && ++steps == crashStep) {
      restart(id);
      return true;
    }
    return false;
  }

  /** Does one Ready of {@code id} in full; its messages are under way then. */
  void handleReady(long id) {
    RawNode node = node(id);
    Ready ready = node.ready();
    if (crashes(id)) {
      return;
    }
    post(ready.messages());
    if (crashes(id)) {
      return;
    }
    disk(id).write(ready);
    if (crashes(id)) {
      return;
    }
    post(ready.messagesAfterPersist());
    if (crashes(id)) {
      return;
    }
    List<ReadState> served = reads.get(id);
    if (served != null) {
      served.addAll(ready.readStates());
    }
    for (Entry entry : ready.committedEntries().asList()) {
      acknowledged.put(entry.index(), entry);
      if (entry.type().isConfChange()) {
        ConfState members = node.applyConfChange(CODEC.decode(entry.type(), entry.data()));
        disk(id).setConfState(members);
      }
    }
    node.advance(ready);
  }

  private void post(List<Message> messages) {
    sent.addAll(messages);
    network.addAll(messages);
  }

  void tick(long id, int ticks) {
    for (int i = 0; i < ticks; i++) {
      node(id).tick();
    }
  }

  StepResult propose(long id, String command) {
    return node(id).propose(Payload.ofUtf8(command));
  }

  void changeMembers(long id, String changes) {
    node(id)
        .proposeConfChange(
            new ConfChange.V2(
                ConfChange.Transition.AUTO, TextConfChangeCodec.parse(changes), Payload.EMPTY),
            Payload.EMPTY);
  }

  /** Ticks {@code id} and lets the network settle after each. */
  void pass(long id, int ticks) {
    for (int i = 0; i < ticks; i++) {
      tick(id, 1);
      settle();
    }
  }

  /** Returns the messages of {@code type} that were sent since the last call of this or clear. */
  List<Message> takeSent(MsgType type) {
    List<Message> taken = sent.stream().filter(message -> message.type() == type).toList();
    sent.clear();
    return taken;
  }
}
