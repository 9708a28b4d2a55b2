package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 100 and 166 to 173 of SCENARIOS.md: read indexes. */
class ReadScenarioTest {
  private static final Payload CONTEXT = Payload.ofUtf8("ctx");

  private static List<ReadState> reads(TestCluster cluster, long id) {
    return cluster.reads.getOrDefault(id, List.of());
  }

  private static TestCluster with(ReadOnlyOption option) {
    return TestCluster.of(
        3, each -> each.checkQuorum(option == ReadOnlyOption.LEASE_BASED).readOnly(option));
  }

  private static void readsAreCurrent(ReadOnlyOption option) {
    TestCluster cluster = with(option).elect(1);
    long committed = 1;
    for (long reader = 1; reader <= 3; reader++) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 10; i++) {
          cluster.propose(1, "x");
        }
        cluster.settle();
        committed += 10;
        Payload context = Payload.ofUtf8("ctx" + reader + round);
        cluster.node(reader).readIndex(context);
        cluster.settle();
        assertThat(reads(cluster, reader)).last().isEqualTo(new ReadState(committed, context));
      }
      assertThat(reads(cluster, reader)).hasSize(2);
    }
  }

  @Test
  void readOnlyOptionSafe() {
    readsAreCurrent(ReadOnlyOption.SAFE);
  }

  @Test
  void readOnlyOptionLease() {
    readsAreCurrent(ReadOnlyOption.LEASE_BASED);
    TestCluster cluster = with(ReadOnlyOption.LEASE_BASED).elect(1);
    cluster.isolate(1);
    cluster.node(1).readIndex(CONTEXT);
    cluster.persist(1);
    // Answered without asking anybody.
    assertThat(reads(cluster, 1)).containsExactly(new ReadState(1, CONTEXT));
  }

  @Test
  void readOnlyOptionLeaseWithoutCheckQuorum() {
    assertThatThrownBy(() -> TestCluster.config(1).readOnly(ReadOnlyOption.LEASE_BASED).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(ReadOnlyOption.class)
  void readOnlyForNewLeader(ReadOnlyOption option) {
    TestCluster cluster = with(option);
    for (long id = 1; id <= 3; id++) {
      // All have an entry of term 1; that it is committed only a former leader knew.
      cluster.add(id, Wire.disk(3, 1, 1));
    }
    cluster.drop(m -> m.type() == MsgType.APPEND);
    cluster.elect(1);
    cluster.node(1).readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 1)).isEmpty();
    assertThat(cluster.node(1).pendingReadCount()).isEqualTo(1);
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.node(1).committedToCurrentTerm()).isTrue();
    assertThat(reads(cluster, 1)).containsExactly(new ReadState(3, CONTEXT));
  }

  @Test
  void raftFreesReadOnlyMem() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.node(1).readIndex(CONTEXT);
    assertThat(cluster.node(1).pendingReadCount()).isEqualTo(1);
    cluster.settle();
    assertThat(cluster.node(1).pendingReadCount()).isZero();
    // Lost with the leadership.
    cluster.isolate(1);
    cluster.node(1).readIndex(CONTEXT);
    cluster.node(1).step(Wire.heartbeat(2, 5, 0));
    assertThat(cluster.node(1).pendingReadCount()).isZero();
  }

  @Test
  void readOnlyWithLearner() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    MemStorage disk = new MemStorage();
    disk.setConfState(ConfState.ofVoters(1, 2));
    cluster.add(3, disk);
    cluster.changeMembers(1, "l3");
    cluster.settle();
    cluster.pass(1, 1);
    cluster.node(3).readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 3)).containsExactly(new ReadState(2, CONTEXT));
    // Its own confirmation counts for nothing.
    cluster.isolate(2);
    cluster.node(1).readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 1)).isEmpty();
  }

  @Test
  void readWhenQuorumBecomesLess() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.changeMembers(1, "r2");
    cluster.drop(m -> m.type() == MsgType.HEARTBEAT_RESPONSE);
    cluster.node(1).readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 1)).hasSize(1);
  }

  @Test
  void readOnlyDuplicateRequest() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    RawNode leader = cluster.node(1);
    leader.readIndex(CONTEXT);
    cluster.persist(1);
    final Payload round = cluster.takeSent(MsgType.HEARTBEAT).get(0).context();
    cluster.settle();
    assertThat(reads(cluster, 1)).hasSize(1);
    // Meanwhile another leads, and has committed.
    cluster.drop(m -> m.from() == 1 || m.to() == 1);
    cluster.elect(2);
    cluster.propose(2, "newer");
    cluster.settle();
    leader.readIndex(CONTEXT);
    leader.readIndex(Payload.ofUtf8("another"));
    cluster.persist(1);
    for (long from = 2; from <= 3; from++) {
      leader.step(Wire.message(MsgType.HEARTBEAT_RESPONSE, from, 1).context(round).build());
      leader.step(Wire.message(MsgType.HEARTBEAT_RESPONSE, from, 1).context(CONTEXT).build());
    }
    cluster.persist(1);
    assertThat(reads(cluster, 1)).hasSize(1);
  }

  @Test
  void roundsOfHeartbeatsGrowOverTerms() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.node(1).readIndex(CONTEXT);
    cluster.persist(1);
    final Payload before = cluster.takeSent(MsgType.HEARTBEAT).get(0).context();
    cluster.settle();
    cluster.elect(2).elect(1);
    cluster.lose();
    cluster.node(1).readIndex(CONTEXT);
    cluster.persist(1);
    Payload after = cluster.takeSent(MsgType.HEARTBEAT).get(0).context();
    assertThat(ReadQueue.decode(after)).isGreaterThan(ReadQueue.decode(before));
    assertThat(ReadQueue.decode(CONTEXT)).isZero();
  }

  @Test
  void heartbeatsOfIdleLeadersCarryNothing() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.lose();
    cluster.tick(1, 1);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.HEARTBEAT)).hasSize(2).allMatch(m -> m.context().isEmpty());
  }

  @Test
  void advanceCommitIndexByReadIndexResponse() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.drop(m -> m.to() == 3 && m.type() == MsgType.APPEND);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.node(3).readIndex(CONTEXT);
    cluster.settle();
    // The follower learns the index and has to wait until its log is there.
    assertThat(reads(cluster, 3)).containsExactly(new ReadState(2, CONTEXT));
    assertThat(cluster.node(3).committed()).isEqualTo(1);
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.node(3).applied()).isEqualTo(2);
  }

  @Test
  void readsThatCarryTheirContextApartArePassedOn() {
    TestCluster cluster = TestCluster.of(3).elect(2);
    cluster.lose();
    cluster.node(1).step(Wire.message(MsgType.READ_INDEX, 3, 0).context(CONTEXT).build());
    cluster.settle();
    assertThat(reads(cluster, 3)).containsExactly(new ReadState(1, CONTEXT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void candidatesAnswerNoReads(boolean preVote) {
    RawNode node = TestCluster.of(3, each -> each.preVote(preVote)).node(1);
    node.campaign();
    assertThat(node.readIndex(CONTEXT)).isEqualTo(StepResult.READ_DROPPED);
    assertThat(node.propose(CONTEXT)).isEqualTo(StepResult.PROPOSAL_DROPPED);
  }
}
