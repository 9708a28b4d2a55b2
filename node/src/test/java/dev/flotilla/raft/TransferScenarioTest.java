package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 149 to 165 and 216 of SCENARIOS.md: handing leadership over. */
class TransferScenarioTest {
  private static void leads(TestCluster cluster, long id) {
    for (RawNode node : cluster.nodes.values()) {
      assertThat(node.leaderId()).isEqualTo(id);
    }
    assertThat(cluster.node(id).isLeader()).isTrue();
    assertThat(cluster.node(id).leadTransferee()).isZero();
  }

  private static void transfer(TestCluster cluster, long by, long to) {
    cluster.node(by).transferLeader(to);
    cluster.settle();
  }

  @Test
  void toUptodateNode() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    transfer(cluster, 1, 2);
    leads(cluster, 2);
    cluster.propose(1, "x");
    cluster.settle();
    transfer(cluster, 2, 1);
    leads(cluster, 1);
  }

  @Test
  void toUptodateNodeFromFollower() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    transfer(cluster, 2, 2);
    leads(cluster, 2);
    cluster.propose(1, "x");
    cluster.settle();
    transfer(cluster, 1, 1);
    leads(cluster, 1);
    RawNode alone = TestCluster.of(3).node(1);
    alone.transferLeader(2);
    assertThat(alone.hasReady()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withCheckQuorum(boolean preVote) {
    TestCluster cluster =
        TestCluster.of(3, each -> each.checkQuorum(true).preVote(preVote)).elect(1);
    // Everybody has heard the leader just now, and honours an election that it ordered.
    transfer(cluster, 1, 2);
    leads(cluster, 2);
    assertThat(cluster.node(2).term()).isEqualTo(2);
    transfer(cluster, 2, 1);
    leads(cluster, 1);
  }

  @Test
  void toSlowFollower() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.heal();
    assertThat(cluster.peer(1, 3).match).isEqualTo(1);
    transfer(cluster, 1, 3);
    leads(cluster, 3);
    assertThat(cluster.node(3).applied()).isEqualTo(3);
  }

  @Test
  void afterSnapshot() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.disk(1).createSnapshot(2, cluster.node(1).confState());
    cluster.disk(1).compact(2);
    cluster.drop(m -> m.type() == MsgType.APPEND_RESPONSE && m.from() == 3 && !m.reject());
    transfer(cluster, 1, 3);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(3).firstIndex()).isEqualTo(3);
    assertThat(cluster.peer(1, 3).state).isEqualTo(ProgressState.SNAPSHOT);
    cluster.heal();
    cluster.node(1).step(Wire.ack(3, 1, 2));
    cluster.settle();
    leads(cluster, 3);
  }

  @Test
  void toSelf() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    transfer(cluster, 1, 1);
    leads(cluster, 1);
  }

  @Test
  void toNonExistingNode() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    transfer(cluster, 1, 77);
    leads(cluster, 1);
  }

  @Test
  void toLearner() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.changeMembers(1, "l3");
    cluster.settle();
    transfer(cluster, 1, 3);
    leads(cluster, 1);
  }

  /** Leadership is on its way to 3, which is cut off. */
  private static TestCluster stuck() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    transfer(cluster, 1, 3);
    assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
    return cluster;
  }

  @Test
  void timeout() {
    TestCluster cluster = stuck();
    cluster.pass(1, 9);
    assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).leadTransferee()).isZero();
    assertThat(cluster.node(1).isLeader()).isTrue();
  }

  @Test
  void ignoreProposal() {
    TestCluster cluster = stuck();
    assertThat(cluster.propose(1, "x")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.node(1).proposeConfChange(ConfChange.V2.LEAVE_JOINT, Payload.EMPTY))
        .isEqualTo(StepResult.PROPOSAL_DROPPED);
    cluster.changeMembers(1, "r3");
    assertThat(cluster.node(1).lastIndex()).isEqualTo(1);
    cluster.pass(1, 10);
    assertThat(cluster.propose(1, "x")).isEqualTo(StepResult.OK);
  }

  @Test
  void receiveHigherTermVote() {
    TestCluster cluster = stuck();
    cluster.node(2).campaign();
    cluster.settle();
    assertThat(cluster.node(2).isLeader()).isTrue();
    assertThat(cluster.node(1).leadTransferee()).isZero();
  }

  @Test
  void removeNode() {
    abortedBy("r3");
  }

  @Test
  void leaderTransferDemoteNode() {
    abortedBy("l3");
    // Joint, and left: still a voter of one half until then.
    abortedBy("r3 l2");
  }

  private static void abortedBy(String changes) {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.changeMembers(1, changes);
    cluster.node(1).transferLeader(3);
    assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
    cluster.drop(m -> m.type() == MsgType.TIMEOUT_NOW);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).isLeader()).isTrue();
    if (cluster.node(1).confState().isJoint()) {
      // The automatic way out is a proposal, refused during the transfer and tried again after it.
      cluster.pass(1, 9);
      cluster.settle();
    }
    assertThat(cluster.node(1).confState().isJoint()).isFalse();
    assertThat(cluster.node(1).confState().voters().contains(3)).isFalse();
    assertThat(cluster.node(1).leadTransferee()).isZero();
  }

  @Test
  void transferBack() {
    TestCluster cluster = stuck();
    transfer(cluster, 1, 1);
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(1).leadTransferee()).isZero();
  }

  @Test
  void secondTransferToAnotherNode() {
    TestCluster cluster = stuck();
    transfer(cluster, 1, 2);
    assertThat(cluster.node(2).isLeader()).isTrue();
    assertThat(cluster.node(1).leaderId()).isEqualTo(2);
  }

  @Test
  void secondTransferToSameNode() {
    TestCluster cluster = stuck();
    cluster.pass(1, 9);
    transfer(cluster, 1, 3);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).leadTransferee()).isZero();
    // A later one has all its time again.
    transfer(cluster, 1, 3);
    cluster.pass(1, 9);
    assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
  }

  @Test
  void repeatedAcknowledgementsOrderNothingMore() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.node(1).transferLeader(2);
    cluster.node(1).step(Wire.ack(2, 1, 1));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.TIMEOUT_NOW)).hasSize(1);
  }

  @Test
  void laterTransferHasAllItsTime() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.tick(1, 5);
    transfer(cluster, 1, 3);
    cluster.pass(1, 9);
    assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
    cluster.pass(1, 1);
    assertThat(cluster.node(1).leadTransferee()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4})
  void transferThatDoesNotBeginMovesNoClock(long target) {
    TestCluster cluster = TestCluster.of(3, each -> each.checkQuorum(true)).elect(1);
    cluster.changeMembers(1, "l4");
    cluster.settle();
    cluster.isolate(1);
    cluster.pass(1, 10);
    cluster.tick(1, 5);
    cluster.node(1).transferLeader(target);
    cluster.tick(1, 4);
    assertThat(cluster.node(1).isLeader()).isTrue();
    // The check of the quorum is due, whatever was asked for in between.
    cluster.tick(1, 1);
    assertThat(cluster.node(1).isLeader()).isFalse();
  }

  @Test
  void transferNonMember() {
    TestCluster cluster = TestCluster.of(4);
    RawNode stranger = cluster.add(4, MemStorage.ofVoters(1, 2, 3));
    stranger.step(Message.builder(MsgType.TIMEOUT_NOW).from(2).to(4).term(1).build());
    cluster.settle();
    assertThat(stranger.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void anOrderedElectionAsksNoQuestionFirst() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true));
    RawNode node = cluster.node(1);
    node.step(Wire.heartbeat(2, 1, 0));
    node.step(Wire.message(MsgType.TIMEOUT_NOW, 2, 1).build());
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    assertThat(node.term()).isEqualTo(2);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.VOTE)).hasSize(2).allMatch(VoteMessages::isByTransfer);
    // One of its own does ask.
    RawNode other = TestCluster.of(3, each -> each.preVote(true)).node(1);
    other.campaign();
    assertThat(other.ready().messages()).noneMatch(VoteMessages::isByTransfer);
  }

  @Test
  void lateTimeoutNowAfterAnAbortedTransfer() {
    TestCluster cluster =
        TestCluster.of(3, each -> each.checkQuorum(true).readOnly(ReadOnlyOption.LEASE_BASED))
            .elect(1);
    assertThat(cluster.node(1).inLease()).isTrue();
    cluster.drop(m -> m.type() == MsgType.TIMEOUT_NOW);
    cluster.lose();
    transfer(cluster, 1, 2);
    final Message order = cluster.takeSent(MsgType.TIMEOUT_NOW).get(0);
    cluster.pass(1, 10);
    assertThat(cluster.node(1).leadTransferee()).isZero();
    assertThat(cluster.node(1).isLeader()).isTrue();
    // The order may still arrive, and its election ignores leases.
    assertThat(cluster.node(1).inLease()).isFalse();
    cluster.drop(m -> m.from() == 1 || m.to() == 1);
    cluster.node(2).step(order);
    cluster.settle();
    assertThat(cluster.node(2).isLeader()).isTrue();
    cluster.propose(2, "newer");
    cluster.settle();
    cluster.node(1).readIndex(Payload.ofUtf8("r"));
    cluster.settle();
    assertThat(cluster.reads.get(1L)).isEmpty();
    // The next leadership starts with a lease of its own.
    cluster.heal();
    cluster.pass(2, 1);
    cluster.node(1).raft().becomeFollower(cluster.node(2).term(), 2);
    transfer(cluster, 2, 1);
    assertThat(cluster.node(1).inLease()).isTrue();
  }
}
