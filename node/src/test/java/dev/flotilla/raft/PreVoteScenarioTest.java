package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 47 to 61 of SCENARIOS.md: pre-votes, migration to them, learners, priority, late votes. */
class PreVoteScenarioTest {
  @Test
  void nodeWithSmallerTermCanCompleteElection() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true));
    cluster.isolate(3);
    cluster.elect(1);
    cluster.elect(2);
    cluster.heal();
    cluster.isolate(2);
    // 3 has term 0 and no log, 1 has the log: neither may be stuck.
    for (int i = 0; i < 3 && !cluster.node(1).isLeader(); i++) {
      cluster.node(3).campaign();
      cluster.settle();
      cluster.node(1).campaign();
      cluster.settle();
    }
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(3).leaderId()).isEqualTo(1);
  }

  @Test
  void prevoteWithSplitVote() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true)).elect(1);
    cluster.isolate(1);
    cluster.node(2).campaign();
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(2).role()).isEqualTo(Role.CANDIDATE);
    assertThat(cluster.node(3).role()).isEqualTo(Role.CANDIDATE);
    cluster.elect(2);
    assertThat(cluster.node(2).term()).isEqualTo(3);
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void prevoteWithCheckQuorum() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true).checkQuorum(true)).elect(1);
    cluster.drop(m -> m.from() + m.to() == 4); // between 1 and 3
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).isLeader()).isFalse();
    assertThat(cluster.node(2).leaderId()).isEqualTo(1);
    cluster.isolate(1);
    cluster.node(2).raft().electionTimeout = 20;
    cluster.tick(2, 10);
    cluster.elect(3);
  }

  /** Before pre-votes were introduced 3 had stood for election alone, up to term 3. */
  private static TestCluster migration() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true));
    for (long id = 1; id <= 3; id++) {
      cluster.add(id, Wire.disk(3, id == 3 ? new long[] {1} : new long[] {1, 1}));
    }
    cluster.disk(3).setHardState(new HardState(3, 3, 0));
    cluster.restart(3);
    return cluster;
  }

  @Test
  void prevoteMigrationCanCompleteElection() {
    TestCluster cluster = migration();
    cluster.isolate(1);
    cluster.node(3).campaign();
    cluster.settle();
    cluster.node(2).campaign();
    cluster.settle();
    assertThat(cluster.node(2).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(2).term()).isEqualTo(3);
    cluster.elect(2);
    assertThat(cluster.node(3).leaderId()).isEqualTo(2);
  }

  @Test
  void prevoteMigrationWithFreeStuckPreCandidate() {
    TestCluster cluster = migration();
    cluster.drop(m -> m.from() == 3 || m.to() == 3);
    cluster.elect(1);
    cluster.heal();
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).isLeader()).isFalse();
    // Its answer to the heartbeat of a lower term frees it.
    cluster.pass(1, 1);
    cluster.node(1).campaign();
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isTrue();
    assertThat(cluster.node(3).leaderId()).isEqualTo(1);
    assertThat(cluster.node(3).term()).isEqualTo(cluster.node(1).term());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void confChangeCheckBeforeCampaign(boolean first) {
    TestCluster cluster = TestCluster.of(3);
    ConfChange change =
        first
            ? new ConfChange.V1(ConfChange.Type.REMOVE_NODE, 3, Payload.EMPTY)
            : new ConfChange.V2(
                ConfChange.Transition.JOINT_EXPLICIT,
                TextConfChangeCodec.parse("r3"),
                Payload.EMPTY);
    Payload data = new TextConfChangeCodec().encode(change);
    Entry entry = new Entry(1, 1, change.entryType(), data, Payload.EMPTY);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 1, 0, 0, 1, EntryList.of(entry)));
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    node.advanceAppend(ready);
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    node.step(Wire.message(MsgType.TIMEOUT_NOW, 2, 1).build());
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    node.applyConfChange(change);
    node.advanceApplyTo(1);
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
  }

  private static RawNode learner(TestCluster cluster) {
    MemStorage disk = new MemStorage();
    disk.setConfState(ConfState.of(IdSet.of(1), IdSet.of(2)));
    cluster.add(1, disk);
    MemStorage other = new MemStorage();
    other.setConfState(ConfState.of(IdSet.of(1), IdSet.of(2)));
    return cluster.add(2, other);
  }

  @Test
  void learnerElectionTimeout() {
    TestCluster cluster = TestCluster.of(2);
    RawNode learner = learner(cluster);
    cluster.tick(2, 50);
    assertThat(learner.role()).isEqualTo(Role.FOLLOWER);
    learner.step(Message.builder(MsgType.TIMEOUT_NOW).from(1).to(2).term(1).build());
    assertThat(learner.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void learnerPromotion() {
    TestCluster cluster = TestCluster.of(2);
    RawNode learner = learner(cluster);
    cluster.elect(1);
    assertThat(cluster.peer(1, 2).isLearner).isTrue();
    cluster.changeMembers(1, "v2");
    cluster.settle();
    assertThat(cluster.peer(1, 2).isLearner).isFalse();
    assertThat(learner.promotable()).isTrue();
    cluster.tick(2, 10);
    cluster.settle();
    assertThat(learner.isLeader()).isTrue();
    assertThat(cluster.node(1).leaderId()).isEqualTo(2);
  }

  @Test
  void learnerRespondVote() {
    TestCluster cluster = TestCluster.of(2);
    learner(cluster);
    RawNode voter = cluster.node(1);
    // 1 knows of the promotion, 2 does not yet.
    voter.applyConfChange(new ConfChange.V1(ConfChange.Type.ADD_NODE, 2, Payload.EMPTY));
    cluster.elect(1);
  }

  @ParameterizedTest
  @CsvSource({
    // priorities of 1, 2 and 3, entries of 1, who campaigns, whether it wins
    "3, 1, 1, 0, 1, true",
    "2, 2, 2, 0, 1, true",
    "1, 3, 3, 0, 1, false",
    "0, 3, 3, 1, 1, true",
    "3, 1, 1, 1, 2, true",
    "3, 1, 2, 1, 2, false",
    "1, 3, 0, 0, 1, true"
  })
  void electionWithPriorityLog(
      long one, long two, long three, int entries, long candidate, boolean wins) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, new long[entries], new long[] {}, new long[] {});
    if (entries > 0) {
      cluster.add(1, Wire.disk(3, 1));
    }
    cluster.node(1).setPriority(one);
    cluster.node(2).setPriority(two);
    cluster.node(3).setPriority(three);
    cluster.node(candidate).campaign();
    cluster.settle();
    assertThat(cluster.node(candidate).isLeader()).isEqualTo(wins);
  }

  @Test
  void electionAfterChangePriority() {
    TestCluster cluster = TestCluster.of(3, each -> each.priority(2));
    cluster.node(1).setPriority(0);
    cluster.node(1).campaign();
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isFalse();
    cluster.node(1).setPriority(4);
    cluster.elect(1);
  }

  @Test
  void setPriority() {
    RawNode node = TestCluster.of(3).node(1);
    node.setPriority(7);
    assertThat(node.raft().priority).isEqualTo(7);
    node.campaign();
    assertThat(node.ready().messages()).hasSize(2).allMatch(message -> message.priority() == 7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void candidateSelfVoteAfterLostElection(boolean preVote) {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(preVote));
    RawNode node = cluster.node(1);
    node.campaign();
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    node.step(Wire.heartbeat(2, node.term(), 0));
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    // Only now its own vote turns up.
    node.advance(ready);
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.raft().tracker.votesGranted()).isZero();
  }

  @Test
  void candidateDeliversPreCandidateSelfVoteAfterBecomingCandidate() {
    TestCluster cluster = TestCluster.of(5, each -> each.preVote(true));
    RawNode node = cluster.node(1);
    node.campaign();
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    for (long from = 2; from <= 4; from++) {
      node.step(Wire.message(MsgType.PRE_VOTE_RESPONSE, from, 1).build());
    }
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    node.advance(ready);
    // With a pre-vote of its own counted, two more would be a majority of five.
    node.step(Wire.voted(2, 1, true));
    node.step(Wire.voted(3, 1, true));
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    cluster.persist(1);
    assertThat(node.isLeader()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leaderMsgAppSelfAckAfterTermChange(boolean skipBcast) {
    TestCluster cluster = TestCluster.of(3, each -> each.skipBcastCommit(skipBcast));
    RawNode node = cluster.lead(1);
    cluster.propose(1, "a");
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    node.step(Wire.heartbeat(2, 2, 0));
    node.advance(ready);
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.committed()).isZero();
    // And in a leadership of a later term it is old as well.
    cluster.propose(1, "lost");
    node.campaign();
    ready = node.ready();
    cluster.disk(1).write(ready);
    node.step(Wire.voted(2, 3, true));
    node.advance(ready);
    assertThat(node.isLeader()).isTrue();
    assertThat(cluster.peer(1, 1).match).isLessThan(node.lastIndex());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ownAckOfWhatWasCutSinceIsOld(boolean skipBcast) {
    TestCluster cluster = TestCluster.of(3, each -> each.skipBcastCommit(skipBcast));
    RawNode node = cluster.lead(1);
    node.proposeBatch(List.of(Payload.EMPTY, Payload.EMPTY, Payload.EMPTY));
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    // Cut to two entries by another leader, and in office again, before the write is reported.
    node.step(Wire.append(2, 2, 1, 1, 0, Wire.entries(2, 2)));
    node.campaign();
    node.step(Wire.voted(2, 3, true));
    node.step(Wire.voted(3, 3, true));
    assertThat(node.isLeader()).isTrue();
    node.advance(ready);
    assertThat(cluster.peer(1, 1).match).isEqualTo(2);
    assertThat(node.lastIndex()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"PRE_CANDIDATE", "CANDIDATE"})
  void ordersToCampaignAreForFollowers(Role role) {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(role == Role.PRE_CANDIDATE));
    RawNode node = cluster.node(1);
    node.campaign();
    final long term = node.term();
    node.step(Wire.message(MsgType.TIMEOUT_NOW, 2, term).build());
    assertThat(node.term()).isEqualTo(term);
    assertThat(node.role()).isEqualTo(role);
  }
}
