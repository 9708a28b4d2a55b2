package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 121 to 140 of SCENARIOS.md: snapshots, sent, lost, restored and asked for. */
class SnapshotScenarioTest {
  private static final Snapshot AT_11 = Wire.snapshotAt(11, 11, 1, 2);

  /** 1 leads from a snapshot at 11; 2 is at the start, and active. */
  private static TestCluster leader() {
    TestCluster cluster = TestCluster.of(2);
    MemStorage disk = new MemStorage();
    disk.applySnapshot(AT_11);
    disk.setHardState(new HardState(11, 0, 11));
    cluster.add(1, disk);
    cluster.lead(1);
    cluster.peer(1, 2).recentActive = true;
    return cluster;
  }

  private static TestCluster sending() {
    TestCluster cluster = leader();
    cluster.peer(1, 2).next = 1;
    cluster.peer(1, 2).becomeSnapshot(11);
    return cluster;
  }

  @Test
  void sendingSnapshotSetPendingSnapshot() {
    TestCluster cluster = leader();
    Progress peer = cluster.peer(1, 2);
    peer.next = 12;
    peer.flowPaused = false;
    cluster.node(1).step(Wire.reject(2, 12, 11, 0, 0));
    assertThat(peer.pendingSnapshot).isEqualTo(11);
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
    assertThat(peer.next).isEqualTo(12);
  }

  @Test
  void pendingSnapshotPauseReplication() {
    TestCluster cluster = sending();
    cluster.propose(1, "x");
    cluster.persist(1);
    assertThat(cluster.sent).isEmpty();
  }

  @Test
  void snapshotFailure() {
    TestCluster cluster = sending();
    cluster.node(1).reportSnapshot(2, false);
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.pendingSnapshot).isZero();
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    assertThat(peer.next).isEqualTo(1);
    assertThat(peer.flowPaused).isTrue();
  }

  @Test
  void snapshotSucceed() {
    TestCluster cluster = sending();
    cluster.node(1).reportSnapshot(2, true);
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.pendingSnapshot).isZero();
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    assertThat(peer.next).isEqualTo(12);
    assertThat(peer.flowPaused).isTrue();
    // Reported twice, or of one that is none: nothing.
    peer.flowPaused = false;
    cluster.node(1).reportSnapshot(2, false);
    cluster.node(1).reportSnapshot(77, false);
    assertThat(peer.next).isEqualTo(12);
    assertThat(peer.flowPaused).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void snapshotAbort(long acked) {
    TestCluster cluster = sending();
    cluster.node(1).step(Wire.ack(2, 12, acked));
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.pendingSnapshot).isZero();
    assertThat(peer.state).isEqualTo(ProgressState.REPLICATE);
    assertThat(peer.match).isEqualTo(acked);
    // The entry of the new leader is on its way.
    assertThat(peer.next).isEqualTo(13);
    assertThat(peer.inflights.count()).isEqualTo(acked == 11 ? 1 : 0);
  }

  @Test
  void ackThatDoesNotReconnectKeepsTheSnapshotPending() {
    TestCluster cluster = sending();
    cluster.node(1).step(Wire.ack(2, 12, 9));
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.SNAPSHOT);
  }

  private static RawNode follower(TestCluster cluster, Snapshot snapshot) {
    RawNode node = cluster.node(1);
    node.step(Wire.snapshot(2, 11, snapshot));
    return node;
  }

  @Test
  void restore() {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = follower(cluster, Wire.snapshotAt(11, 10, 1, 2, 3));
    assertThat(node.lastIndex()).isEqualTo(11);
    assertThat(node.lastTerm()).isEqualTo(10);
    assertThat(node.committed()).isEqualTo(11);
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
    assertThat(node.firstIndex()).isEqualTo(12);
    // The same again is refused, and answered.
    cluster.persist(1);
    cluster.lose();
    follower(cluster, Wire.snapshotAt(11, 10, 1, 2, 3));
    Ready ready = node.ready();
    assertThat(ready.snapshot()).isNull();
    assertThat(ready.messagesAfterPersist())
        .singleElement()
        .matches(m -> m.index() == 11 && !m.reject());
  }

  @Test
  void restoreIgnoreSnapshot() {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 11, 0, 0, 1, Wire.entries(1, 1, 1, 1)));
    cluster.persist(1);
    follower(cluster, Wire.snapshotAt(1, 1, 1, 2));
    assertThat(node.committed()).isEqualTo(1);
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
    // What the log has need not be replaced: its tail may be acknowledged.
    follower(cluster, Wire.snapshotAt(2, 1, 1, 2));
    assertThat(node.committed()).isEqualTo(2);
    assertThat(node.lastIndex()).isEqualTo(3);
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND_RESPONSE))
        .extracting(Message::index)
        .containsExactly(3L, 1L, 2L);
  }

  @Test
  void provideSnap() {
    TestCluster cluster = leader();
    Progress peer = cluster.peer(1, 2);
    peer.next = 12;
    peer.flowPaused = false;
    cluster.node(1).step(Wire.reject(2, 12, 11, 0, 0));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.SNAPSHOT))
        .singleElement()
        .matches(m -> AT_11.equals(m.snapshot()) && m.to() == 2 && m.term() == 12);
  }

  @Test
  void ignoreProvidingSnapshot() {
    TestCluster cluster = leader();
    Progress peer = cluster.peer(1, 2);
    peer.next = 11;
    peer.flowPaused = false;
    peer.recentActive = false;
    cluster.propose(1, "somedata");
    cluster.persist(1);
    assertThat(cluster.sent).isEmpty();
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
  }

  @Test
  void restoreFromSnapMsg() {
    TestCluster cluster = TestCluster.of(2);
    cluster.node(1).step(Wire.heartbeat(2, 11, 0));
    cluster.persist(1);
    RawNode node = follower(cluster, AT_11);
    assertThat(node.leaderId()).isEqualTo(2);
    Ready ready = node.ready();
    assertThat(ready.snapshot()).isEqualTo(AT_11);
    assertThat(ready.mustSync()).isTrue();
    assertThat(ready.entries().isEmpty()).isTrue();
    assertThat(ready.committedEntries().isEmpty()).isTrue();
    assertThat(ready.hardState()).isEqualTo(new HardState(11, 0, 11));
  }

  /** 3 lags behind what 1 has compacted. */
  private static TestCluster lagging(boolean requests) {
    TestCluster cluster = TestCluster.of(3, each -> each.snapshotRequests(requests)).elect(1);
    cluster.isolate(3);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
    }
    cluster.settle();
    compact(cluster, 8);
    return cluster;
  }

  private static void compact(TestCluster cluster, long index) {
    cluster.disk(1).createSnapshot(index, cluster.node(1).confState());
    cluster.disk(1).compact(index);
  }

  @Test
  void slowNodeRestore() {
    TestCluster cluster = lagging(false);
    cluster.heal();
    cluster.lose();
    cluster.pass(1, 1);
    assertThat(cluster.takeSent(MsgType.SNAPSHOT)).hasSize(1);
    cluster.propose(1, "x");
    cluster.settle();
    assertThat(cluster.node(3).applied()).isEqualTo(12);
    assertThat(cluster.peer(1, 3).state).isEqualTo(ProgressState.REPLICATE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void snapshotWithMinTerm(boolean preVote) {
    TestCluster cluster = TestCluster.of(1, each -> each.preVote(preVote));
    MemStorage disk = new MemStorage();
    disk.applySnapshot(Wire.snapshotAt(1, 1, 1, 2));
    disk.setHardState(new HardState(1, 0, 1));
    cluster.add(1, disk);
    // Blank, and of term 0: it has to be found out by probing.
    cluster.add(2, new MemStorage());
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.pass(1, 2);
    assertThat(cluster.node(2).firstIndex()).isEqualTo(2);
    assertThat(cluster.node(2).committed()).isEqualTo(3);
  }

  private static RawNode restored(ConfState members) {
    TestCluster cluster = TestCluster.of(3);
    return follower(cluster, Wire.snapshotAt(11, 10, members));
  }

  @Test
  void restoreWithLearner() {
    RawNode node = restored(ConfState.of(IdSet.of(1, 2), IdSet.of(3)));
    assertThat(node.confState()).isEqualTo(ConfState.of(IdSet.of(1, 2), IdSet.of(3)));
    assertThat(node.raft().tracker.at(2).isLearner).isTrue();
    assertThat(node.raft().tracker.at(0).isLearner).isFalse();
  }

  @Test
  void restoreWithVotersOutgoing() {
    ConfState joint =
        new ConfState(IdSet.of(2, 3, 4), IdSet.EMPTY, IdSet.of(1, 2, 3), IdSet.EMPTY, true);
    RawNode node = restored(joint);
    assertThat(node.confState()).isEqualTo(joint);
    assertThat(node.raft().tracker.size()).isEqualTo(4);
    assertThat(node.raft().tracker.isVoter(1)).isTrue();
    assertThat(node.raft().tracker.isVoter(4)).isTrue();
  }

  @Test
  void restoreOfOthersIsRefused() {
    RawNode node = restored(ConfState.ofVoters(2, 3));
    assertThat(node.committed()).isZero();
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
  }

  @Test
  void restoreDepromoteVoter() {
    RawNode node = restored(ConfState.of(IdSet.of(2, 3), IdSet.of(1)));
    assertThat(node.lastIndex()).isEqualTo(11);
    assertThat(node.promotable()).isFalse();
  }

  private static TestCluster learner() {
    TestCluster cluster = TestCluster.of(3);
    MemStorage disk = new MemStorage();
    disk.setConfState(ConfState.of(IdSet.of(2, 3), IdSet.of(1)));
    cluster.add(1, disk);
    return cluster;
  }

  @Test
  void restoreLearner() {
    TestCluster cluster = learner();
    RawNode node =
        follower(cluster, Wire.snapshotAt(11, 10, ConfState.of(IdSet.of(2, 3), IdSet.of(1))));
    cluster.persist(1);
    assertThat(node.promotable()).isFalse();
    assertThat(node.lastIndex()).isEqualTo(11);
  }

  @Test
  void restoreLearnerPromotion() {
    TestCluster cluster = learner();
    RawNode node = follower(cluster, Wire.snapshotAt(11, 10, 1, 2, 3));
    assertThat(node.promotable()).isFalse();
    cluster.persist(1);
    assertThat(node.promotable()).isTrue();
  }

  @Test
  void learnerReceiveSnapshot() {
    TestCluster cluster = TestCluster.of(1);
    MemStorage disk = new MemStorage();
    disk.applySnapshot(Wire.snapshotAt(11, 11, ConfState.of(IdSet.of(1), IdSet.of(2))));
    disk.setHardState(new HardState(11, 0, 11));
    cluster.add(1, disk);
    cluster.add(2, new MemStorage());
    cluster.elect(1);
    cluster.pass(1, 2);
    assertThat(cluster.node(2).committed()).isEqualTo(cluster.node(1).committed());
    assertThat(cluster.node(2).promotable()).isFalse();
  }

  // Snapshots on request.

  private static TestCluster requesting() {
    TestCluster cluster = TestCluster.of(2, each -> each.snapshotRequests(true)).elect(1);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
    }
    cluster.settle();
    cluster.disk(1).createSnapshot(11, cluster.node(1).confState());
    cluster.lose();
    return cluster;
  }

  @Test
  void requestSnapshot() {
    RawNode alone = TestCluster.of(2, each -> each.snapshotRequests(true)).node(1);
    assertThat(alone.requestSnapshot()).isFalse();
    // Its last entry is of an older term than the leader.
    alone.step(Wire.append(2, 1, 0, 0, 0, Wire.entries(1, 1)));
    alone.step(Wire.heartbeat(2, 2, 0));
    assertThat(alone.requestSnapshot()).isFalse();

    TestCluster cluster = requesting();
    assertThat(cluster.node(1).requestSnapshot()).isFalse();
    assertThat(cluster.node(2).requestSnapshot()).isTrue();
    assertThat(cluster.node(2).requestSnapshot()).isFalse();
    cluster.persist(2);
    Message request = cluster.takeSent(MsgType.APPEND_RESPONSE).get(0);
    assertThat(request.reject()).isTrue();
    assertThat(request.index()).isEqualTo(11);
    assertThat(request.requestSnapshot()).isEqualTo(11);
    Progress peer = cluster.peer(1, 2);
    // One from before what is known to match is out of order.
    Message early =
        Wire.message(MsgType.APPEND_RESPONSE, 2, 1)
            .reject(true)
            .index(9)
            .requestSnapshot(11)
            .build();
    cluster.node(1).step(early);
    assertThat(peer.state).isEqualTo(ProgressState.REPLICATE);
    assertThat(cluster.node(1).hasReady()).isFalse();
    cluster.node(1).step(request);
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
    assertThat(peer.pendingSnapshot).isEqualTo(11);
    // An append is answered by the request again; it changes nothing.
    cluster.node(1).step(request);
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
    // It had acknowledged all that the snapshot holds: only the report ends this.
    cluster.node(1).step(Wire.ack(2, 1, 11));
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
    cluster.node(1).reportSnapshot(2, true);
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    assertThat(peer.requestedSnapshot).isZero();
    assertThat(peer.next).isEqualTo(12);
  }

  @Test
  void requestSnapshotIsAnOptionOfBothSides() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    assertThat(cluster.node(2).requestSnapshot()).isFalse();
    cluster
        .node(1)
        .step(
            Wire.message(MsgType.APPEND_RESPONSE, 2, 1)
                .reject(true)
                .index(1)
                .requestSnapshot(1)
                .build());
    assertThat(cluster.peer(1, 2).requestedSnapshot).isZero();
  }

  @Test
  void followerRequestSnapshot() {
    TestCluster cluster = requesting();
    assertThat(cluster.node(2).requestSnapshot()).isTrue();
    cluster.settle();
    assertThat(cluster.takeSent(MsgType.SNAPSHOT)).hasSize(1);
    // Restored although its log had everything.
    assertThat(cluster.node(2).firstIndex()).isEqualTo(12);
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.SNAPSHOT);
    cluster.propose(1, "x");
    cluster.settle();
    assertThat(cluster.node(2).lastIndex()).isEqualTo(11);
    cluster.node(1).reportSnapshot(2, true);
    cluster.pass(1, 1);
    assertThat(cluster.node(2).applied()).isEqualTo(12);
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.REPLICATE);
  }

  /** Has no snapshot, or none that reaches far enough, until it is told to. */
  private static final class LateStorage extends MemStorage {
    private boolean ready;

    @Override
    public @Nullable Snapshot snapshot(long requestIndex, long to) {
      return ready ? super.snapshot(requestIndex, to) : null;
    }
  }

  @Test
  void requestSnapshotUnavailable() {
    TestCluster cluster = TestCluster.of(2, each -> each.snapshotRequests(true));
    LateStorage disk = new LateStorage();
    disk.setConfState(ConfState.ofVoters(1, 2));
    cluster.add(1, disk);
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.node(2).requestSnapshot();
    cluster.settle();
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    assertThat(peer.requestedSnapshot).isEqualTo(2);
    disk.ready = true;
    disk.createSnapshot(1, cluster.node(1).confState());
    cluster.pass(1, 1);
    // It would not reach what the follower has acknowledged.
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    disk.createSnapshot(2, cluster.node(1).confState());
    cluster.pass(1, 1);
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
    assertThat(cluster.node(2).firstIndex()).isEqualTo(3);
  }

  @Test
  void acknowledgementThatNeedsASnapshotThereIsNone() {
    TestCluster cluster = TestCluster.of(3);
    LateStorage disk = new LateStorage();
    disk.setConfState(ConfState.ofVoters(1, 2, 3));
    cluster.add(1, disk);
    cluster.elect(1);
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.propose(1, "x");
    cluster.settle();
    disk.createSnapshot(2, cluster.node(1).confState());
    disk.compact(3);
    Progress peer = cluster.peer(1, 3);
    peer.becomeProbe();
    peer.match = 0;
    cluster.lose();
    cluster.node(1).step(Wire.ack(3, 1, 1));
    cluster.persist(1);
    assertThat(cluster.sent).isEmpty();
    assertThat(peer.state).isEqualTo(ProgressState.REPLICATE);
    assertThat(peer.match).isEqualTo(1);
  }

  @Test
  void requestSnapshotMatchedChange() {
    TestCluster cluster = requesting();
    cluster.drop(m -> m.to() == 2 && m.commit() > 11);
    cluster.propose(1, "y");
    cluster.settle();
    // It holds and has acknowledged 12, and knows 11 committed: its request comes late.
    assertThat(cluster.peer(1, 2).match).isEqualTo(12);
    assertThat(cluster.node(2).committed()).isEqualTo(11);
    cluster.node(2).requestSnapshot();
    cluster.settle();
    assertThat(cluster.peer(1, 2).requestedSnapshot).isZero();
    cluster.disk(1).createSnapshot(12, cluster.node(1).confState());
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.node(2).firstIndex()).isEqualTo(13);
  }

  @Test
  void requestSnapshotNoneReplicate() {
    TestCluster cluster = requesting();
    cluster.peer(1, 2).becomeProbe();
    cluster.node(2).requestSnapshot();
    cluster.settle();
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.SNAPSHOT);
  }

  @Test
  void requestSnapshotStepDown() {
    TestCluster cluster = TestCluster.of(3, each -> each.snapshotRequests(true)).elect(1);
    cluster.node(2).requestSnapshot();
    cluster.drop(m -> m.from() == 2 && m.to() == 1);
    cluster.settle();
    cluster.heal();
    // A new term clears it: the log takes entries again.
    cluster.elect(3);
    cluster.propose(3, "x");
    cluster.settle();
    assertThat(cluster.node(2).lastIndex()).isEqualTo(3);
    assertThat(cluster.node(2).raft().requestSnapshot()).isTrue();
  }

  @Test
  void requestSnapshotOnRoleChange() {
    TestCluster cluster = requesting();
    RawNode node = cluster.node(2);
    node.requestSnapshot();
    node.raft().becomeFollower(1, 1);
    assertThat(node.requestSnapshot()).isFalse();
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    assertThat(node.raft().requestSnapshot()).isFalse();
    node.raft().becomeFollower(2, 1);
    node.step(
        Message.builder(MsgType.APPEND)
            .from(1)
            .to(2)
            .term(2)
            .logTerm(1)
            .index(11)
            .entries(Wire.entries(12, 2))
            .build());
    assertThat(node.requestSnapshot()).isTrue();
  }

  @Test
  void requestSnapshotAfterTermChange() {
    TestCluster cluster = requesting();
    RawNode node = cluster.node(2);
    node.requestSnapshot();
    cluster.persist(2);
    node.step(Message.builder(MsgType.HEARTBEAT).from(1).to(2).term(7).build());
    cluster.lose();
    cluster.persist(2);
    // Answered as ever.
    assertThat(cluster.takeSent(MsgType.HEARTBEAT_RESPONSE)).hasSize(1);
    assertThat(node.requestSnapshot()).isFalse();
  }

  @Test
  void requestSnapshotIsRepeatedWithEachHeartbeat() {
    TestCluster cluster = requesting();
    cluster.node(2).requestSnapshot();
    cluster.persist(2);
    cluster.lose();
    cluster.node(2).step(Message.builder(MsgType.HEARTBEAT).from(1).to(2).term(1).build());
    cluster.persist(2);
    assertThat(cluster.sent).singleElement().matches(m -> m.requestSnapshot() == 11);
  }

  // A state machine that is lost.

  /** Has no snapshot that reaches farther than its last. */
  private static final class ExactStorage extends MemStorage {
    @Override
    public @Nullable Snapshot snapshot(long requestIndex, long to) {
      Snapshot last = super.snapshot(requestIndex, to);
      return last == null || last.index() < requestIndex ? null : last;
    }
  }

  /** Three members of which the third has nothing but the place that a snapshot stood for. */
  private static TestCluster oneWithoutState() {
    TestCluster cluster = TestCluster.of(3, each -> each.snapshotRequests(true));
    MemStorage disk = new MemStorage();
    disk.applySnapshot(Wire.snapshotAt(3, 1, ConfState.ofVoters(1, 2, 3)));
    disk.setHardState(new HardState(1, 0, 3));
    ExactStorage leader = new ExactStorage();
    leader.setConfState(ConfState.ofVoters(1, 2, 3));
    cluster.add(1, leader);
    cluster.isolate(3);
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.propose(1, "x");
    cluster.settle();
    cluster.disk(1).createSnapshot(3, cluster.node(1).confState());
    cluster.add(3, disk).awaitSnapshot();
    cluster.lose();
    cluster.heal();
    return cluster;
  }

  /** The leader's log has all that the snapshot stood for, and has not gone on since. */
  @Test
  void lostStateIsAskedForAndComesWithASnapshotOfTheSamePlace() {
    TestCluster cluster = oneWithoutState();
    cluster.pass(1, 1);
    List<Message> sent = cluster.takeSent(MsgType.SNAPSHOT);
    assertThat(sent)
        .singleElement()
        .matches(m -> m.snapshot() != null && m.snapshot().index() == 3);
    cluster.node(1).reportSnapshot(3, true);
    cluster.propose(1, "y");
    cluster.pass(1, 1);
    assertThat(cluster.node(3).applied()).isEqualTo(4);
    assertThat(cluster.peer(1, 3).state).isEqualTo(ProgressState.REPLICATE);
  }

  /** A leader may think that its log ends later than it does: where a snapshot can never reach. */
  @Test
  void lostStateComesFromALeaderThatThinksTheLogIsLonger() {
    TestCluster cluster = oneWithoutState();
    cluster.peer(1, 3).next = 4;
    cluster.pass(1, 1);
    assertThat(cluster.takeSent(MsgType.SNAPSHOT)).hasSize(1);
  }

  /** After a loss of power the commit index may be gone, and this peer is all there is to vote. */
  @Test
  void leaderLearnsFromTheRequestThatWhatWasLostIsCommitted() {
    TestCluster cluster = oneWithoutState();
    cluster.drop(m -> m.from() == 2 || m.to() == 2);
    cluster.disk(1).setHardState(new HardState(1, 1, 2));
    cluster.disk(1).createSnapshot(2, cluster.node(1).confState());
    cluster.restart(1);
    cluster.elect(1);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).committed()).isEqualTo(3);
    cluster.disk(1).createSnapshot(3, cluster.node(1).confState());
    cluster.pass(1, 1);
    cluster.node(1).reportSnapshot(3, true);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).committed()).isEqualTo(4);
  }

  /** What it had committed when it asked is no reason to commit what it only had logged. */
  @Test
  void requestOfALongerLogCommitsNothing() {
    TestCluster cluster = oneWithoutState();
    cluster.disk(1).setHardState(new HardState(1, 1, 0));
    cluster.restart(1);
    cluster.lead(1);
    cluster
        .node(1)
        .step(
            Message.builder(MsgType.APPEND_RESPONSE)
                .from(3)
                .to(1)
                .term(2)
                .index(2)
                .reject(true)
                .rejectHint(3)
                .logTerm(1)
                .requestSnapshot(3)
                .build());
    assertThat(cluster.node(1).committed()).isZero();
  }

  /** It was answered meanwhile, and the peer has come farther than what there is to send. */
  @Test
  void requestThatComesLateIsForgotten() {
    TestCluster cluster = oneWithoutState();
    cluster.pass(1, 1);
    Message request =
        cluster.takeSent(MsgType.APPEND_RESPONSE).stream()
            .filter(m -> m.requestSnapshot() == 3)
            .findFirst()
            .orElseThrow();
    cluster.node(1).reportSnapshot(3, true);
    cluster.propose(1, "y");
    cluster.pass(1, 1);
    cluster.lose();
    cluster.node(1).reportUnreachable(3);
    cluster.node(1).step(request);
    cluster.persist(1);
    assertThat(cluster.sent).noneMatch(m -> m.type() == MsgType.SNAPSHOT);
    assertThat(cluster.peer(1, 3).requestedSnapshot).isZero();
    assertThat(cluster.peer(1, 3).next).isGreaterThan(cluster.peer(1, 3).match);
  }

  @Test
  void withoutStateNothingIsTakenOrAcknowledgedInAnyTerm() {
    RawNode node = oneWithoutState().node(3);
    for (int term = 1; term <= 3; term++) {
      node.step(Wire.append(1, term, 3, 1, 4, Wire.entries(4, 1)));
      node.step(Wire.heartbeat(1, term, 3));
      node.step(Wire.snapshot(1, term, Wire.snapshotAt(2, 1, 1, 2, 3)));
      Ready ready = node.ready();
      assertThat(ready.entries().isEmpty()).isTrue();
      assertThat(ready.committedEntries().isEmpty()).isTrue();
      assertThat(ready.snapshot()).isNull();
      assertThat(ready.messages()).isEmpty();
      assertThat(ready.messagesAfterPersist())
          .hasSize(3)
          .allMatch(m -> m.reject() && m.requestSnapshot() == 3);
      node.advance(ready);
    }
    assertThat(node.lastIndex()).isEqualTo(3);
  }

  @Test
  void withoutStateNobodyStandsForElection() {
    TestCluster cluster = oneWithoutState();
    cluster.drop(m -> true);
    cluster.tick(3, 100);
    cluster.node(3).campaign();
    cluster.node(3).step(Message.builder(MsgType.TIMEOUT_NOW).from(1).to(3).term(1).build());
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(3).term()).isEqualTo(1);
  }

  /** Its log has an end, though nothing of it is left: what was acknowledged stays so. */
  @Test
  void withoutStateAVoteIsGivenByTheEndOfTheLog() {
    TestCluster cluster = oneWithoutState();
    cluster.node(3).step(Wire.vote(MsgType.VOTE, 2, 5, 1, 2));
    cluster.persist(3);
    assertThat(cluster.takeSent(MsgType.VOTE_RESPONSE)).singleElement().matches(Message::reject);
    cluster.node(3).step(Wire.vote(MsgType.VOTE, 1, 6, 1, 3));
    cluster.persist(3);
    assertThat(cluster.takeSent(MsgType.VOTE_RESPONSE)).singleElement().matches(m -> !m.reject());
  }
}
