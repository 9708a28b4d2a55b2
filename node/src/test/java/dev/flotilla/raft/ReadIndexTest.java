package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read index is never behind what was answered before the read arrived. */
class ReadIndexTest {
  private static final Payload CONTEXT = Payload.ofUtf8("ctx");

  private static List<ReadState> reads(TestCluster cluster, long id) {
    return cluster.reads.getOrDefault(id, List.of());
  }

  @Test
  void answeredAfterOneRoundOfHeartbeats() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.sent.clear();
    assertThat(cluster.node(1).readIndex(CONTEXT)).isEqualTo(StepResult.OK);
    assertThat(cluster.node(1).readIndex(CONTEXT)).isEqualTo(StepResult.OK);
    assertThat(cluster.node(1).pendingReadCount()).isEqualTo(2);
    cluster.settle();
    // Both share the round: its heartbeats had not left when the second came.
    assertThat(cluster.takeSent(MsgType.HEARTBEAT)).hasSize(2);
    assertThat(reads(cluster, 1)).hasSize(2).contains(new ReadState(1, CONTEXT));
    assertThat(cluster.node(1).pendingReadCount()).isZero();
  }

  @Test
  void followerAsksItsLeader() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.node(2).readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 2)).containsExactly(new ReadState(1, CONTEXT));
    assertThat(TestCluster.of(3).node(1).readIndex(CONTEXT)).isEqualTo(StepResult.READ_DROPPED);
  }

  @Test
  void waitsForTheFirstCommitOfTheTerm() {
    TestCluster cluster = TestCluster.of(3);
    cluster.drop(message -> message.type() == MsgType.APPEND);
    cluster.elect(1);
    cluster.node(1).readIndex(CONTEXT);
    cluster.settle();
    assertThat(cluster.node(1).committedToCurrentTerm()).isFalse();
    assertThat(reads(cluster, 1)).isEmpty();
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(reads(cluster, 1)).containsExactly(new ReadState(1, CONTEXT));
  }

  @Test
  void restartedSoleVoterCommitsFirst() {
    TestCluster cluster = TestCluster.of(1);
    cluster.disk(1).append(EntryList.of(Entry.normal(1, 1, CONTEXT), Entry.normal(1, 2, CONTEXT)));
    // The commit index needed no sync: the last one was lost.
    cluster.disk(1).setHardState(new HardState(1, 1, 1));
    RawNode node = cluster.add(1, cluster.disk(1));
    node.campaign();
    cluster.handleReady(1);
    assertThat(node.isLeader()).isTrue();
    node.readIndex(CONTEXT);
    cluster.settle();
    assertThat(reads(cluster, 1)).containsExactly(new ReadState(3, CONTEXT));
  }

  @Test
  void repeatedRequestAndLateAnswersConfirmNothing() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    RawNode leader = cluster.node(1);
    leader.readIndex(CONTEXT);
    cluster.handleReady(1);
    Message late =
        Message.builder(MsgType.HEARTBEAT_RESPONSE)
            .from(2)
            .to(1)
            .term(leader.term())
            .context(cluster.takeSent(MsgType.HEARTBEAT).get(0).context())
            .build();
    leader.step(late);
    cluster.handleReady(1);
    assertThat(reads(cluster, 1)).hasSize(1);
    // The same bytes again, and again the answer to the old heartbeat.
    leader.readIndex(CONTEXT);
    leader.step(late);
    cluster.handleReady(1);
    assertThat(reads(cluster, 1)).hasSize(1);
    cluster.settle();
    assertThat(reads(cluster, 1)).hasSize(2);
  }

  @Test
  void removalOfTheSilentVoterConfirms() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.changeMembers(1, "r2");
    cluster.drop(message -> message.type() == MsgType.HEARTBEAT_RESPONSE);
    cluster.node(1).readIndex(CONTEXT);
    cluster.settle();
    assertThat(cluster.node(1).confState().voters()).isEqualTo(IdSet.of(1));
    assertThat(reads(cluster, 1)).hasSize(1);
  }

  @Test
  void waitingReadsAreBounded() {
    TestCluster cluster = TestCluster.of(3, each -> each.pendingReadsMax(2)).elect(1);
    cluster.isolate(1);
    assertThat(cluster.node(1).readIndex(CONTEXT)).isEqualTo(StepResult.OK);
    assertThat(cluster.node(1).readIndex(CONTEXT)).isEqualTo(StepResult.OK);
    assertThat(cluster.node(1).readIndex(CONTEXT)).isEqualTo(StepResult.READ_DROPPED);
    cluster.node(1).step(Message.builder(MsgType.APPEND).from(2).to(1).term(9).build());
    assertThat(cluster.node(1).pendingReadCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leaseOfEarlyReads(boolean ordered) {
    TestCluster cluster =
        TestCluster.of(5, each -> each.checkQuorum(true).readOnly(ReadOnlyOption.LEASE_BASED));
    RawNode leader = cluster.lead(1);
    leader.step(Wire.ack(2, 1, 1));
    leader.readIndex(CONTEXT);
    if (ordered) {
      leader.transferLeader(2);
    }
    leader.step(Wire.ack(3, 1, 1));
    cluster.persist(1);
    assertThat(leader.committedToCurrentTerm()).isTrue();
    // After an order to campaign they too have to be confirmed.
    assertThat(reads(cluster, 1)).hasSize(ordered ? 0 : 1);
    assertThat(leader.pendingReadCount()).isEqualTo(ordered ? 1 : 0);
  }

  @Test
  void earlyReadsAreLostWithTheOffice() {
    TestCluster cluster = TestCluster.of(3);
    RawNode leader = cluster.lead(1);
    leader.readIndex(CONTEXT);
    assertThat(leader.pendingReadCount()).isEqualTo(1);
    leader.step(Wire.heartbeat(2, 2, 0));
    assertThat(leader.pendingReadCount()).isZero();
  }

  @Test
  void roundsOfAnySizeAreEchoed() {
    for (long round : new long[] {0, 1, 256, 0x0102030405060708L, Long.MAX_VALUE}) {
      assertThat(ReadQueue.decode(ReadQueue.encode(round))).isEqualTo(round);
    }
  }

  @Test
  void leaseIsNotTrustedAfterAnOrderToCampaign() {
    TestCluster cluster =
        TestCluster.of(3, each -> each.checkQuorum(true).readOnly(ReadOnlyOption.LEASE_BASED))
            .elect(1);
    RawNode leader = cluster.node(1);
    leader.readIndex(CONTEXT);
    assertThat(leader.ready().readStates()).hasSize(1);
    assertThat(leader.inLease()).isTrue();

    TestCluster other =
        TestCluster.of(3, each -> each.checkQuorum(true).readOnly(ReadOnlyOption.LEASE_BASED))
            .elect(1);
    other.node(1).transferLeader(2);
    other.tick(1, 10);
    assertThat(other.node(1).leadTransferee()).isZero();
    assertThat(other.node(1).inLease()).isFalse();
    other.node(1).readIndex(CONTEXT);
    assertThat(other.node(1).pendingReadCount()).isEqualTo(1);
  }
}
