package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 174 to 193 of SCENARIOS.md: RawNode and Ready. */
class RawNodeScenarioTest {
  private static final ConfChangeCodec CODEC = new TextConfChangeCodec();

  @ParameterizedTest
  @EnumSource(MsgType.class)
  void rawNodeStep(MsgType type) {
    RawNode node = TestCluster.of(3).node(1);
    StepResult expected =
        type.isLocal()
            ? StepResult.STEP_LOCAL_MESSAGE
            : type.isResponse() ? StepResult.STEP_PEER_NOT_FOUND : node.step(from2(type));
    // From one that is not a member.
    StepResult result = node.step(Wire.message(type, 9, 0).build());
    if (type.isLocal() || type.isResponse()) {
      assertThat(result).isEqualTo(expected);
      assertThat(node.step(from2(type)))
          .isEqualTo(type.isLocal() ? StepResult.STEP_LOCAL_MESSAGE : StepResult.OK);
    } else {
      assertThat(result).isNotIn(StepResult.STEP_LOCAL_MESSAGE, StepResult.STEP_PEER_NOT_FOUND);
    }
  }

  private static Message from2(MsgType type) {
    return Wire.message(type, 2, 0).entries(Wire.entries(0, 0)).build();
  }

  @Test
  void rawNodeReadIndexToOldLeader() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.node(2).readIndex(Payload.ofUtf8("2"));
    cluster.node(3).readIndex(Payload.ofUtf8("3"));
    cluster.persist(2);
    cluster.persist(3);
    List<Message> asked = cluster.takeSent(MsgType.READ_INDEX);
    assertThat(asked).hasSize(2).allMatch(m -> m.to() == 1 && m.term() == 0);
    cluster.lose();
    cluster.elect(3);
    // 1 is a follower by now and passes both on, under the names of those who asked.
    asked.forEach(cluster.node(1)::step);
    cluster.persist(1);
    List<Message> forwarded = cluster.takeSent(MsgType.READ_INDEX);
    assertThat(forwarded).allMatch(m -> m.to() == 3 && m.term() == 0);
    assertThat(forwarded).extracting(Message::from).containsExactly(2L, 3L);
    assertThat(asked).allMatch(m -> m.to() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "v1, AUTO, false", "v2 v3, AUTO, true", "v2, JOINT_IMPLICIT, true",
    "l2, AUTO, false", "l2, JOINT_EXPLICIT, true", "v2 l3, JOINT_EXPLICIT, true"
  })
  void rawNodeProposeAndConfChange(
      String changes, ConfChange.Transition transition, boolean joint) {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    List<ConfChange.Single> list = TextConfChangeCodec.parse(changes);
    node.proposeConfChange(
        new ConfChange.V2(transition, list, Payload.EMPTY), Payload.ofUtf8("proposer"));
    EntryList proposed = node.entries(2, 3, RaftConfig.NO_LIMIT);
    assertThat(proposed).isNotNull();
    if (proposed != null) {
      assertThat(proposed.first().context()).isEqualTo(Payload.ofUtf8("proposer"));
    }
    assertThat(node.pendingConfIndex()).isEqualTo(2);
    cluster.handleReady(1);
    cluster.handleReady(1);
    assertThat(node.confState().isJoint()).isEqualTo(joint);
    boolean auto = joint && transition != ConfChange.Transition.JOINT_EXPLICIT;
    assertThat(node.confState().autoLeave()).isEqualTo(auto);
    assertThat(node.pendingConfIndex()).isEqualTo(auto ? 3 : 2);
    assertThat(node.lastIndex()).isEqualTo(auto ? 3 : 2);
    if (joint && !auto) {
      node.proposeConfChange(ConfChange.V2.LEAVE_JOINT, Payload.EMPTY);
      assertThat(node.pendingConfIndex()).isEqualTo(3);
      assertThat(node.confChangeRefusal(ConfChange.V2.LEAVE_JOINT)).isNull();
      assertThat(node.applyConfChange(ConfChange.V2.LEAVE_JOINT).isJoint()).isFalse();
    }
  }

  @Test
  void rawNodeJointAutoLeave() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    node.proposeConfChange(
        new ConfChange.V2(
            ConfChange.Transition.JOINT_IMPLICIT, TextConfChangeCodec.parse("l2"), Payload.EMPTY),
        Payload.EMPTY);
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    node.advance(ready);
    ready = node.ready();
    // Out of office before it applies the change, and back after it: it must still leave.
    node.step(Wire.heartbeat(2, node.term() + 1, node.committed()));
    node.applyConfChange(CODEC.decode(EntryType.CONF_CHANGE_V2, page(ready, 0).data()));
    cluster.disk(1).write(ready);
    node.advance(ready);
    assertThat(node.confState().autoLeave()).isTrue();
    assertThat(node.lastIndex()).isEqualTo(2);
    cluster.elect(1);
    assertThat(node.confState()).isEqualTo(ConfState.of(IdSet.of(1), IdSet.of(2)));
  }

  private static Entry page(Ready ready, int position) {
    return ready.committedEntries().get(position);
  }

  @Test
  void rawNodeProposeAddDuplicateNode() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    for (int i = 0; i < 2; i++) {
      cluster
          .node(1)
          .proposeConfChange(
              new ConfChange.V1(ConfChange.Type.ADD_NODE, 1, Payload.EMPTY), Payload.EMPTY);
      cluster.settle();
    }
    cluster.changeMembers(1, "l2");
    cluster.settle();
    assertThat(cluster.node(1).lastIndex()).isEqualTo(4);
    assertThat(cluster.node(1).confState().learners()).isEqualTo(IdSet.of(2));
  }

  @Test
  void rawNodeProposeAddLearnerNode() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    cluster.changeMembers(1, "l2");
    cluster.settle();
    assertThat(cluster.node(1).confState()).isEqualTo(ConfState.of(IdSet.of(1), IdSet.of(2)));
    // A leader tells a new peer its log at once.
    assertThat(cluster.takeSent(MsgType.APPEND)).anyMatch(m -> m.to() == 2);
  }

  @Test
  void rawNodeReadIndex() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    node.readIndex(Payload.ofUtf8("r"));
    assertThat(node.hasReady()).isTrue();
    Ready ready = node.ready();
    assertThat(ready.readStates()).containsExactly(new ReadState(1, Payload.ofUtf8("r")));
    assertThat(ready.isEmpty()).isFalse();
    node.advance(ready);
    assertThat(node.hasReady()).isFalse();
    assertThat(node.ready().readStates()).isEmpty();
  }

  @Test
  void rawNodeStart() {
    TestCluster cluster = TestCluster.of(1);
    RawNode node = cluster.node(1);
    assertThat(node.hasReady()).isFalse();
    node.campaign();
    Ready ready = node.ready();
    assertThat(ready.softState()).isEqualTo(new SoftState(0, Role.CANDIDATE));
    assertThat(ready.hardState()).isEqualTo(new HardState(1, 1, 0));
    assertThat(ready.hardStateChanged()).isTrue();
    assertThat(List.of(ready.term(), ready.vote(), ready.commit())).containsExactly(1L, 1L, 0L);
    assertThat(ready.mustSync()).isTrue();
    cluster.disk(1).write(ready);
    node.advance(ready);
    ready = node.ready();
    assertThat(ready.softState()).isEqualTo(new SoftState(1, Role.LEADER));
    assertThat(ready.entries()).isEqualTo(EntryList.of(Entry.normal(1, 1, Payload.EMPTY)));
    assertThat(ready.committedEntries().isEmpty()).isTrue();
    assertThat(ready.hardState()).isNull();
    cluster.disk(1).write(ready);
    node.advance(ready);
    ready = node.ready();
    assertThat(ready.softState()).isNull();
    assertThat(ready.entries().isEmpty()).isTrue();
    assertThat(ready.committedEntries().size()).isEqualTo(1);
    assertThat(ready.hardState()).isEqualTo(new HardState(1, 1, 1));
    assertThat(ready.mustSync()).isFalse();
    assertThat(ready.snapshot()).isNull();
    node.advance(ready);
    assertThat(node.hasReady()).isFalse();
    assertThat(node.hardState()).isEqualTo(new HardState(1, 1, 1));
  }

  @Test
  void rawNodeRestart() {
    TestCluster cluster = TestCluster.ofLogs(each -> each, new long[] {1, 1});
    cluster.disk(1).setHardState(new HardState(1, 0, 1));
    RawNode node = cluster.restart(1);
    assertThat(node.term()).isEqualTo(1);
    assertThat(node.committed()).isEqualTo(1);
    Ready ready = node.ready();
    assertThat(ready.hardState()).isNull();
    assertThat(ready.softState()).isNull();
    assertThat(ready.entries().isEmpty()).isTrue();
    assertThat(ready.committedEntries()).isEqualTo(Wire.entries(1, 1));
    node.advance(ready);
    assertThat(node.hasReady()).isFalse();
    // A commit index beyond the log would be repeated to others.
    cluster.disk(1).setHardState(new HardState(1, 0, 3));
    assertThatThrownBy(() -> cluster.restart(1)).isInstanceOf(AssertionError.class);
  }

  @Test
  void rawNodeRestartFromSnapshot() {
    TestCluster cluster = TestCluster.of(1);
    MemStorage disk = new MemStorage();
    disk.applySnapshot(Wire.snapshotAt(2, 1, 1));
    disk.append(Wire.entries(3, 1));
    disk.setHardState(new HardState(1, 0, 3));
    RawNode node = cluster.add(1, disk);
    assertThat(node.firstIndex()).isEqualTo(3);
    assertThat(node.applied()).isEqualTo(2);
    Ready ready = node.ready();
    assertThat(ready.committedEntries()).isEqualTo(Wire.entries(3, 1));
    assertThat(ready.hardState()).isNull();
    // Applied before the restart: nothing is to be done again.
    RawNode applied = new RawNode(TestCluster.config(1).applied(3).build(), disk);
    assertThat(applied.hasReady()).isFalse();
  }

  @Test
  void skipBcastCommit() {
    TestCluster cluster = TestCluster.of(3, each -> each.skipBcastCommit(true)).elect(1);
    cluster.propose(1, "a");
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(2);
    assertThat(cluster.node(2).committed()).isEqualTo(1);
    // The next append tells it.
    cluster.propose(1, "b");
    cluster.settle();
    assertThat(cluster.node(2).committed()).isEqualTo(2);
    // Or a heartbeat.
    cluster.pass(1, 1);
    assertThat(cluster.node(2).committed()).isEqualTo(3);
    // Not so a conf change: it takes effect where it is applied.
    cluster.changeMembers(1, "l9");
    cluster.settle();
    assertThat(cluster.node(3).committed()).isEqualTo(4);
    // Once it is applied, commits are not told again.
    cluster.propose(1, "c");
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(5);
    assertThat(cluster.node(3).committed()).isEqualTo(4);
  }

  @Test
  void ownAcknowledgementsOfOnePassAreJoined() {
    TestCluster cluster =
        TestCluster.of(1, each -> each.skipBcastCommit(true).asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    node.campaign();
    Message work = node.ready().messages().get(0);
    work.responses().forEach(node::step);
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    Message append = node.ready().messages().get(0);
    assertThat(append.entries().size()).isEqualTo(3);
    assertThat(append.responses()).hasSize(2);
    append.responses().forEach(node::step);
    assertThat(node.committed()).isEqualTo(3);
  }

  @Test
  void rawNodeWithAsyncApply() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
      for (int pass = 0; pass < 2; pass++) {
        Ready ready = node.ready();
        // Handed out although nothing before was reported as applied.
        if (pass == 1) {
          assertThat(page(ready, 0).index()).isEqualTo(i + 2L);
        }
        cluster.disk(1).write(ready);
        node.advanceAppend(ready);
      }
    }
    assertThat(node.applied()).isEqualTo(1);
    node.advanceApplyTo(11);
    assertThat(node.applied()).isEqualTo(11);
  }

  @Test
  void rawNodeEntriesAfterSnapshot() {
    TestCluster cluster = TestCluster.of(2);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 1, 0, 0, 0, Wire.entries(1, 1, 1)));
    cluster.persist(1);
    node.step(Wire.snapshot(2, 2, Wire.snapshotAt(10, 2, 1, 2)));
    node.step(Wire.append(2, 2, 2, 10, 11, Wire.entries(11, 2, 2, 2)));
    Ready ready = node.ready();
    assertThat(ready.snapshot()).isNotNull();
    assertThat(ready.entries().size()).isEqualTo(3);
    assertThat(ready.committedEntries().isEmpty()).isTrue();
    cluster.disk(1).write(ready);
    node.advanceAppend(ready);
    assertThat(node.ready().committedEntries()).isEqualTo(Wire.entries(11, 2));
  }

  @Test
  void rawNodeOverwriteEntries() {
    TestCluster cluster = TestCluster.of(5, each -> each.asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 1, 0, 0, 0, Wire.entries(1, 1, 1, 1)));
    final Message first = node.ready().messages().get(0);
    // Overwritten before the write is done, and committed at once.
    node.step(Wire.append(3, 2, 1, 1, 3, Wire.entries(2, 2, 2)));
    final Message second = node.ready().messages().get(0);
    work(cluster, first);
    assertThat(node.hasReady() && node.raft().log.hasNextCommitted(false)).isFalse();
    work(cluster, second);
    Message apply = node.ready().messages().get(0);
    assertThat(apply.type()).isEqualTo(MsgType.STORAGE_APPLY);
    assertThat(apply.entries().asList())
        .containsExactly(Wire.entry(1, 1), Wire.entry(2, 2), Wire.entry(2, 3));
  }

  private static void work(TestCluster cluster, Message append) {
    cluster.disk(1).append(append.entries());
    append.responses().stream().filter(m -> m.to() == 1).forEach(cluster.node(1)::step);
  }

  @Test
  void asyncReadyLeader() {
    TestCluster cluster = TestCluster.of(3, each -> each.asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    node.campaign();
    node.ready().messages().get(2).responses().forEach(node::step);
    node.step(Wire.voted(2, 1, true));
    List<Message> writes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
      Ready ready = node.ready();
      assertThat(ready.messages()).anyMatch(m -> m.type() == MsgType.STORAGE_APPEND);
      ready.messages().stream()
          .filter(m -> m.type() == MsgType.STORAGE_APPEND)
          .forEach(writes::add);
    }
    assertThat(writes).hasSize(10);
    // Two others hold 5: committed, although nothing here is durable, and not handed out.
    node.step(Wire.ack(2, 1, 5));
    assertThat(node.committed()).isZero();
    node.step(Wire.ack(3, 1, 5));
    assertThat(node.committed()).isEqualTo(5);
    assertThat(node.raft().log.hasNextCommitted(false)).isFalse();
    for (int i = 0; i < 3; i++) {
      work(cluster, writes.get(i));
    }
    // Entries up to 4 are durable here; the first one came with the new leader's.
    assertThat(node.raft().log.unstable().offset()).isEqualTo(5);
    node.step(Wire.ack(2, 1, 11));
    assertThat(node.committed()).isEqualTo(5);
    for (int i = 3; i < 10; i++) {
      work(cluster, writes.get(i));
    }
    assertThat(node.committed()).isEqualTo(11);
  }

  @Test
  void asyncReadyFollower() {
    TestCluster cluster = TestCluster.of(3, each -> each.asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    List<Message> writes = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      node.step(Wire.append(2, 1, i == 1 ? 0 : 1, i - 1, i, Wire.entries(i, 1)));
      Ready ready = node.ready();
      // The answer waits in the work.
      assertThat(ready.messages()).hasSize(1);
      writes.add(ready.messages().get(0));
      assertThat(writes.get(i - 1).responses())
          .anyMatch(m -> m.type() == MsgType.APPEND_RESPONSE && m.to() == 2);
    }
    work(cluster, writes.get(0));
    assertThat(node.ready().messages().get(0).entries().size()).isEqualTo(1);
    for (int i = 1; i < 5; i++) {
      work(cluster, writes.get(i));
    }
    assertThat(node.ready().messages().get(0).entries().size()).isEqualTo(4);
    // A snapshot in between: pages before it count for nothing any more.
    node.step(Wire.snapshot(2, 1, Wire.snapshotAt(9, 1, 1, 2, 3)));
    Message install = node.ready().messages().get(0);
    assertThat(install.snapshot()).isNotNull();
    install.responses().stream().filter(m -> m.to() == 1).forEach(node::step);
    assertThat(node.applied()).isEqualTo(9);
  }

  @Test
  void asyncReadyMultipleSnapshot() {
    TestCluster cluster = TestCluster.of(3, each -> each.asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    node.step(Wire.snapshot(2, 1, Wire.snapshotAt(5, 1, 1, 2, 3)));
    final Message first = node.ready().messages().get(0);
    node.step(Wire.snapshot(3, 2, Wire.snapshotAt(9, 2, 1, 2, 3)));
    final Message second = node.ready().messages().get(0);
    cluster.disk(1).applySnapshot(Wire.snapshotAt(5, 1, 1, 2, 3));
    first.responses().stream().filter(m -> m.to() == 1).forEach(node::step);
    assertThat(node.applied()).isEqualTo(5);
    assertThat(node.promotable()).isFalse();
    cluster.disk(1).applySnapshot(Wire.snapshotAt(9, 2, 1, 2, 3));
    second.responses().stream().filter(m -> m.to() == 1).forEach(node::step);
    assertThat(node.applied()).isEqualTo(9);
    assertThat(node.promotable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 30, RaftConfig.NO_LIMIT})
  void committedEntriesPagination(long bytes) {
    TestCluster cluster = TestCluster.of(1, each -> each.committedBytesMax(bytes));
    cluster.add(1, Wire.disk(1, 1, 1, 1, 1, 1, 1, 1, 1));
    cluster.disk(1).setHardState(new HardState(1, 1, 8));
    RawNode node = cluster.restart(1);
    long next = 1;
    int pages = 0;
    while (node.hasReady()) {
      Ready ready = node.ready();
      EntryList page = ready.committedEntries();
      pages++;
      assertThat(page.size() == 1 || page.encodedSize() <= bytes).isTrue();
      assertThat(page.first().index()).isEqualTo(next);
      next = page.last().index() + 1;
      // The commit index that is stored is never that of the page.
      assertThat(node.hardState().commit()).isEqualTo(8);
      assertThat(ready.commit()).isEqualTo(8);
      node.advanceAppend(ready);
      assertThat(node.raft().log.hasNextCommitted(true)).isFalse();
      node.advanceApplyTo(next - 1);
    }
    assertThat(next).isEqualTo(9);
    int perPage = bytes == 1 ? 1 : bytes == 30 ? 4 : 8;
    assertThat(pages).isEqualTo(8 / perPage);
  }

  /** Gives all it has, whatever the limit. */
  private static final class Generous extends MemStorage {
    @Override
    public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
      return super.entries(low, high, Long.MAX_VALUE, out);
    }
  }

  @Test
  void committedEntriesPaginationAfterRestart() {
    Generous disk = new Generous();
    disk.setConfState(ConfState.ofVoters(1));
    disk.append(Wire.entries(1, 1, 1, 1, 1, 1));
    disk.setHardState(new HardState(1, 1, 3));
    RawNode node = new RawNode(TestCluster.config(1).committedBytesMax(10).build(), disk);
    Ready ready = node.ready();
    assertThat(ready.committedEntries().last().index()).isEqualTo(3);
    node.advance(ready);
    assertThat(node.applied()).isEqualTo(3);
    assertThat(node.hasReady()).isFalse();
  }

  @Test
  void commitPaginationWithAsyncStorageWrites() {
    TestCluster cluster =
        TestCluster.of(1, each -> each.asyncStorageWrites(true).committedBytesMax(20));
    cluster.add(1, Wire.disk(1, 1, 1, 1, 1, 1, 1, 1, 1));
    cluster.disk(1).setHardState(new HardState(1, 1, 8));
    RawNode node = cluster.restart(1);
    List<Message> work = new ArrayList<>(node.ready().messages());
    assertThat(work.get(0).entries().size()).isEqualTo(2);
    // The limit spans what is out and not applied.
    assertThat(node.hasReady()).isFalse();
    work.get(0).responses().forEach(node::step);
    assertThat(node.ready().messages().get(0).entries().first().index()).isEqualTo(3);
  }

  @Test
  void pagesThatAreOutCountAgainstTheLimit() {
    int size = Wire.entry(1, 2).encodedSize();
    TestCluster cluster = TestCluster.of(1, each -> each.committedBytesMax(3L * size)).elect(1);
    RawNode node = cluster.node(1);
    List<Integer> pages = new ArrayList<>();
    for (int proposals : new int[] {1, 5}) {
      for (int i = 0; i < proposals; i++) {
        cluster.propose(1, "x");
      }
      while (node.hasReady()) {
        Ready ready = node.ready();
        cluster.disk(1).write(ready);
        pages.add(ready.committedEntries().size());
        node.advanceAppend(ready);
      }
    }
    // One is out, so two more fit, and no other before something is applied.
    assertThat(pages).containsExactly(0, 1, 0, 2);
    node.advanceApplyTo(2);
    assertThat(node.ready().committedEntries().size()).isEqualTo(1);
  }

  @Test
  void appendPagination() {
    TestCluster cluster = TestCluster.of(3, each -> each.messageBytesMax(2048)).elect(1);
    cluster.isolate(1);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "a".repeat(1000));
    }
    cluster.settle();
    cluster.heal();
    cluster.lose();
    cluster.pass(1, 2);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .allMatch(m -> m.entries().size() <= 2)
        .anyMatch(m -> m.entries().size() == 2);
    assertThat(cluster.node(2).applied()).isEqualTo(6);
  }

  @Test
  void rawNodeConsumeReady() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    RawNode node = cluster.node(1);
    node.ping();
    assertThat(node.hasReady()).isTrue();
    Ready ready = node.ready();
    List<Message> messages = ready.messages();
    assertThat(messages).hasSize(2);
    assertThatThrownBy(() -> messages.add(messages.get(0)))
        .isInstanceOf(UnsupportedOperationException.class);
    node.advance(ready);
    assertThat(node.hasReady()).isFalse();
    assertThat(node.ready().messages()).isEmpty();
  }

  @Test
  void rawNodeStatus() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    RawNode node = cluster.node(1);
    assertThat(node.id()).isEqualTo(1);
    assertThat(node.term()).isEqualTo(1);
    assertThat(node.vote()).isEqualTo(1);
    assertThat(node.leaderId()).isEqualTo(1);
    assertThat(node.role()).isEqualTo(Role.LEADER);
    assertThat(node.committed()).isEqualTo(1);
    assertThat(node.applied()).isEqualTo(1);
    assertThat(node.firstIndex()).isEqualTo(1);
    assertThat(node.lastIndex()).isEqualTo(1);
    assertThat(node.lastTerm()).isEqualTo(1);
    assertThat(node.pendingReadCount()).isZero();
    assertThat(node.inLease()).isFalse();
    assertThat(node.committedToCurrentTerm()).isTrue();
    assertThat(cluster.node(2).committedToCurrentTerm()).isTrue();
    assertThat(cluster.node(2).leaderId()).isEqualTo(1);
    cluster.node(2).step(Message.builder(MsgType.HEARTBEAT).from(3).to(2).term(5).build());
    assertThat(cluster.node(2).committedToCurrentTerm()).isFalse();
  }

  @Test
  void disableProposalForwarding() {
    TestCluster cluster = TestCluster.of(3, each -> each.proposalForwarding(false)).elect(1);
    assertThat(cluster.propose(2, "x")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.node(2).hasReady()).isFalse();
    assertThat(cluster.propose(1, "x")).isEqualTo(StepResult.OK);
    assertThat(TestCluster.of(3).node(1).proposeBatch(List.of())).isEqualTo(StepResult.OK);
  }

  @Test
  void forgetLeaderUnlessItsLeaseIsRead() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.node(2).forgetLeader();
    assertThat(cluster.node(2).leaderId()).isZero();
    TestCluster leased =
        TestCluster.of(3, each -> each.checkQuorum(true).readOnly(ReadOnlyOption.LEASE_BASED))
            .elect(1);
    leased.node(2).forgetLeader();
    assertThat(leased.node(2).leaderId()).isEqualTo(1);
  }
}
