package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 29 to 46 of SCENARIOS.md: who is elected, and who votes for whom. */
class ElectionScenarioTest {
  private static TestCluster cluster(int size, boolean preVote) {
    return TestCluster.of(size, each -> each.preVote(preVote));
  }

  private static TestCluster logs(boolean preVote, long[]... logs) {
    return TestCluster.ofLogs(each -> each.preVote(preVote), logs);
  }

  private static final long[] EMPTY = {};
  private static final long[] LONG = {1};

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leaderElection(boolean preVote) {
    Role stuck = preVote ? Role.PRE_CANDIDATE : Role.CANDIDATE;
    long lost = preVote ? 0 : 1;
    outcome(cluster(3, preVote), Role.LEADER, 1);
    outcome(without(cluster(3, preVote), 3), Role.LEADER, 1);
    outcome(without(cluster(3, preVote), 2, 3), stuck, lost);
    outcome(without(cluster(4, preVote), 2, 3), stuck, lost);
    outcome(without(cluster(5, preVote), 2, 3), Role.LEADER, 1);
    // Three logs are longer: a majority refuses.
    outcome(logs(preVote, EMPTY, LONG, LONG, LONG, EMPTY), Role.FOLLOWER, 1);
  }

  private static TestCluster without(TestCluster cluster, long... dead) {
    for (long id : dead) {
      cluster.nodes.remove(id);
    }
    return cluster;
  }

  private static void outcome(TestCluster cluster, Role role, long term) {
    cluster.node(1).campaign();
    cluster.settle();
    assertThat(cluster.node(1).role()).isEqualTo(role);
    assertThat(cluster.node(1).term()).isEqualTo(term);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leaderCycle(boolean preVote) {
    TestCluster cluster = cluster(3, preVote);
    for (long id = 1; id <= 3; id++) {
      cluster.elect(id);
      for (RawNode node : cluster.nodes.values()) {
        assertThat(node.role()).isEqualTo(node.id() == id ? Role.LEADER : Role.FOLLOWER);
        assertThat(node.leaderId()).isEqualTo(id);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leaderElectionOverwriteNewerLogs(boolean preVote) {
    // 1 won term 1 and 3 term 2; each has an entry that the others lack. 4 and 5 voted for 3.
    TestCluster cluster = logs(preVote, LONG, LONG, new long[] {2}, EMPTY, EMPTY);
    for (long id = 4; id <= 5; id++) {
      cluster.disk(id).setHardState(new HardState(2, 3, 0));
      cluster.restart(id);
    }
    cluster.node(1).campaign();
    cluster.settle();
    if (!cluster.node(1).isLeader()) {
      assertThat(cluster.node(1).term()).isEqualTo(2);
      cluster.elect(1);
    }
    for (RawNode node : cluster.nodes.values()) {
      assertThat(Wire.terms(node)).containsExactly(1, cluster.node(1).term());
      assertThat(node.term()).isEqualTo(3);
    }
  }

  private static RawNode inRole(TestCluster cluster, Role role) {
    RawNode node = cluster.node(1);
    if (role == Role.LEADER) {
      cluster.lead(1);
    } else if (role != Role.FOLLOWER) {
      node.campaign();
      cluster.persist(1);
    }
    assertThat(node.role()).isEqualTo(role);
    cluster.lose();
    return node;
  }

  private static TestCluster forRole(Role role) {
    return cluster(3, role == Role.PRE_CANDIDATE);
  }

  private static Message answer(TestCluster cluster, MsgType type) {
    cluster.persist(1);
    return cluster.takeSent(type).get(0);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void voteFromAnyState(Role role) {
    TestCluster cluster = forRole(role);
    RawNode node = inRole(cluster, role);
    long term = node.term() + 1;
    node.step(Wire.vote(MsgType.VOTE, 2, term, term, 42));
    Message answer = answer(cluster, MsgType.VOTE_RESPONSE);
    assertThat(answer.reject()).isFalse();
    assertThat(answer.term()).isEqualTo(term);
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.term()).isEqualTo(term);
    assertThat(node.vote()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void prevoteFromAnyState(Role role) {
    TestCluster cluster = forRole(role);
    RawNode node = inRole(cluster, role);
    final HardState before = node.hardState();
    node.step(Wire.vote(MsgType.PRE_VOTE, 2, node.term() + 1, 99, 42));
    Message answer = answer(cluster, MsgType.PRE_VOTE_RESPONSE);
    assertThat(answer.reject()).isFalse();
    // Speaks of the term asked for.
    assertThat(answer.term()).isEqualTo(node.term() + 1);
    assertThat(node.role()).isEqualTo(role);
    assertThat(node.hardState()).isEqualTo(before);
  }

  @Test
  void singleNodeCandidate() {
    assertThat(cluster(1, false).elect(1).node(1).isLeader()).isTrue();
  }

  @Test
  void singleNodePreCandidate() {
    assertThat(cluster(1, true).elect(1).node(1).term()).isEqualTo(1);
  }

  private static void cutBetween(TestCluster cluster, long one, long other) {
    cluster.drop(m -> (m.from() == one && m.to() == other) || (m.from() == other && m.to() == one));
  }

  @Test
  void duelingCandidates() {
    TestCluster cluster = cluster(3, false);
    cutBetween(cluster, 1, 3);
    cluster.node(1).campaign();
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isTrue();
    // Whoever voted for 1 refuses, and 3 hears nothing of 1.
    assertThat(cluster.node(3).role()).isEqualTo(Role.CANDIDATE);
    cluster.heal();
    cluster.node(3).campaign();
    cluster.settle();
    // Its term deposes the leader, its short log wins nothing.
    assertThat(cluster.node(1).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(1).term()).isEqualTo(2);
    assertThat(cluster.node(1).lastIndex()).isEqualTo(1);
    assertThat(cluster.node(2).lastIndex()).isEqualTo(1);
    assertThat(cluster.node(3).lastIndex()).isZero();
  }

  @Test
  void duelingPreCandidates() {
    TestCluster cluster = cluster(3, true);
    cutBetween(cluster, 1, 3);
    cluster.elect(1);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
    cluster.heal();
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(3).term()).isEqualTo(1);
    assertThat(cluster.node(1).term()).isEqualTo(1);
  }

  @Test
  void candidateConcede() {
    TestCluster cluster = cluster(3, false);
    cluster.isolate(1);
    cluster.node(1).campaign();
    cluster.node(3).campaign();
    cluster.settle();
    cluster.heal();
    cluster.pass(3, 1);
    cluster.propose(3, "force follower");
    cluster.settle();
    assertThat(cluster.node(1).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(1).term()).isEqualTo(1);
    assertThat(cluster.node(1).lastIndex()).isEqualTo(2);
  }

  @Test
  void oldMessages() {
    TestCluster cluster = cluster(3, false).elect(1).elect(2).elect(1);
    cluster.node(1).step(Wire.append(2, 2, 2, 2, 0, Wire.entries(3, 2)));
    cluster.propose(1, "somedata");
    cluster.settle();
    for (RawNode node : cluster.nodes.values()) {
      assertThat(Wire.terms(node)).containsExactly(1, 2, 3, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // own vote, log term and index of the candidate; the own log ends with term 2 at index 2
    "0, 0, 0, false", "0, 0, 3, false", "0, 1, 1, false", "0, 1, 3, false",
    "0, 2, 1, false", "0, 2, 2, true", "0, 2, 3, true", "0, 3, 0, true",
    "0, 3, 1, true", "0, 3, 2, true", "2, 2, 2, true", "2, 2, 3, true",
    "3, 2, 2, false", "3, 3, 9, false",
  })
  void recvMsgRequestVote(long vote, long logTerm, long index, boolean granted) {
    for (MsgType type : new MsgType[] {MsgType.VOTE, MsgType.PRE_VOTE}) {
      TestCluster cluster = TestCluster.ofLogs(each -> each, new long[] {2, 2}, EMPTY, EMPTY);
      cluster.disk(1).setHardState(new HardState(3, vote, 0));
      RawNode node = cluster.restart(1);
      node.step(Wire.vote(type, 2, 3, logTerm, index));
      Message answer =
          answer(cluster, type == MsgType.VOTE ? MsgType.VOTE_RESPONSE : MsgType.PRE_VOTE_RESPONSE);
      assertThat(answer.reject()).isEqualTo(!granted);
      assertThat(answer.term()).isEqualTo(3);
    }
  }

  @Test
  void onceInAVoteTheLeaderOfTheTermIsKept() {
    RawNode node = cluster(3, false).node(1);
    node.step(Wire.heartbeat(3, 1, 0));
    node.step(Wire.vote(MsgType.VOTE, 2, 1, 9, 9));
    assertThat(node.vote()).isZero();
  }

  @Test
  void stateTransition() {
    TestCluster cluster = cluster(3, true);
    Raft raft = cluster.node(1).raft();
    raft.becomeFollower(1, 3);
    assertThat(raft.leader).isEqualTo(3);
    raft.campaign();
    assertThat(raft.role).isEqualTo(Role.PRE_CANDIDATE);
    assertThat(raft.term).isEqualTo(1);
    // It no longer hears the leader, or it would not ask.
    assertThat(raft.leader).isZero();
    cluster.node(1).step(Wire.message(MsgType.PRE_VOTE_RESPONSE, 2, 2).build());
    cluster.persist(1);
    assertThat(raft.role).isEqualTo(Role.CANDIDATE);
    assertThat(raft.term).isEqualTo(2);
    assertThat(raft.leader).isZero();
    cluster.node(1).step(Wire.voted(2, 2, true));
    assertThat(raft.role).isEqualTo(Role.LEADER);
    assertThat(raft.leader).isEqualTo(1);
    raft.becomeFollower(2, 2);
    assertThat(raft.role).isEqualTo(Role.FOLLOWER);
    assertThat(raft.term).isEqualTo(2);
    assertThat(raft.leader).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void allServerStepdown(Role role) {
    for (MsgType type : new MsgType[] {MsgType.VOTE, MsgType.APPEND}) {
      RawNode node = inRole(forRole(role), role);
      final long last = node.lastIndex();
      node.step(Wire.message(type, 2, 3).logTerm(3).index(9).build());
      assertThat(node.role()).isEqualTo(Role.FOLLOWER);
      assertThat(node.term()).isEqualTo(3);
      assertThat(node.lastIndex()).isEqualTo(last);
      assertThat(node.leaderId()).isEqualTo(type == MsgType.VOTE ? 0 : 2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HEARTBEAT", "APPEND"})
  void candidateResetTerm(MsgType type) {
    TestCluster cluster = cluster(3, false).elect(1);
    cluster.isolate(3);
    cluster.elect(2).elect(1);
    cluster.tick(3, 10);
    cluster.settle();
    assertThat(cluster.node(3).role()).isEqualTo(Role.CANDIDATE);
    cluster.heal();
    if (type == MsgType.HEARTBEAT) {
      cluster.pass(1, 1);
    } else {
      cluster.peer(1, 3).flowPaused = false;
      cluster.propose(1, "x");
      cluster.settle();
    }
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(3).leaderId()).isEqualTo(1);
    assertThat(cluster.node(3).term()).isEqualTo(3);
  }

  @Test
  void passElectionTimeout() {
    Random random = new Random(3);
    int[] fired = new int[21];
    for (int i = 0; i < 2000; i++) {
      RawNode node = drawing(random);
      for (int tick = 1; tick <= 20; tick++) {
        node.tick();
        fired[tick] += node.role() == Role.FOLLOWER ? 0 : 1;
      }
    }
    assertThat(fired[9]).isZero();
    assertThat(fired[10]).isBetween(100, 300);
    assertThat(fired[13]).isBetween(650, 950);
    assertThat(fired[18]).isBetween(1700, 1900);
    assertThat(fired[19]).isEqualTo(2000);
  }

  private static RawNode drawing(Random random) {
    RaftConfig config =
        RaftConfig.builder(
                1, new TextConfChangeCodec(), (term, min, max) -> min + random.nextInt(max - min))
            .build();
    return new RawNode(config, MemStorage.ofVoters(1, 2, 3));
  }

  @Test
  void promotable() {
    assertThat(new RawNode(TestCluster.config(1).build(), MemStorage.ofVoters(1)).promotable())
        .isTrue();
    assertThat(new RawNode(TestCluster.config(1).build(), MemStorage.ofVoters()).promotable())
        .isFalse();
    assertThat(new RawNode(TestCluster.config(1).build(), MemStorage.ofVoters(2, 3)).promotable())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void campaignWhileLeader(boolean preVote) {
    TestCluster cluster = cluster(1, preVote).elect(1);
    cluster.node(1).campaign();
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(1).term()).isEqualTo(1);
    assertThat(cluster.node(1).hasReady()).isFalse();
  }

  @Test
  void electionTickRange() {
    Set<Integer> drawn = new TreeSet<>();
    Random random = new Random(1);
    RawNode node = drawing(random);
    for (long term = 1; term < 500; term++) {
      node.step(Wire.heartbeat(2, term, 0));
      drawn.add(node.raft().electionTimeout);
    }
    assertThat(drawn).containsExactly(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    assertThatThrownBy(() -> TestCluster.config(1).electionTicksMin(9).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> TestCluster.config(1).electionTicksMin(12).electionTicksMax(12).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void newRaftWithBadConfigErrors() {
    assertThatThrownBy(() -> TestCluster.config(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(Message.APPLY_THREAD).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).heartbeatTicks(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).heartbeatTicks(10).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).inflightMessagesMax(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).applied(-1).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).messageBytesMax(-1).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).uncommittedBytesMax(0).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).committedBytesMax(-1).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TestCluster.config(1).pendingReadsMax(0).build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
