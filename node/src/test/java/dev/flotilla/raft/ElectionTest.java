package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who may become leader, and who may help. */
class ElectionTest {
  private static Message vote(long from, long term, long logTerm, long index) {
    return Message.builder(MsgType.VOTE)
        .from(from)
        .to(1)
        .term(term)
        .logTerm(logTerm)
        .index(index)
        .build();
  }

  private static Message answerTo(RawNode node, Message request) {
    node.step(request);
    return node.ready().messagesAfterPersist().get(0);
  }

  @Test
  void onlyOneVoteInATerm() {
    RawNode node = TestCluster.of(3).node(1);
    Message first = answerTo(node, vote(2, 5, 0, 0));
    assertThat(first.reject()).isFalse();
    assertThat(node.vote()).isEqualTo(2);
    node.step(vote(3, 5, 9, 9));
    assertThat(node.vote()).isEqualTo(2);
    // Asked again, it says the same again.
    node.step(vote(2, 5, 0, 0));
    assertThat(node.vote()).isEqualTo(2);
  }

  @Test
  void voteSurvivesARestart() {
    TestCluster cluster = TestCluster.of(3);
    cluster.node(1).step(vote(2, 5, 0, 0));
    cluster.settle();
    RawNode restarted = cluster.add(1, cluster.disk(1));
    assertThat(answerTo(restarted, vote(3, 5, 9, 9)).reject()).isTrue();
  }

  @Test
  void learnerAnswersVotes() {
    MemStorage disk = new MemStorage();
    disk.setConfState(ConfState.of(IdSet.of(2, 3), IdSet.of(1)));
    RawNode learner = new RawNode(TestCluster.config(1).build(), disk);
    assertThat(answerTo(learner, vote(2, 5, 0, 0)).reject()).isFalse();
    learner = new RawNode(TestCluster.config(1).build(), disk);
    for (int i = 0; i < 50; i++) {
      learner.tick();
    }
    assertThat(learner.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void preVoteOfALowerTermIsRefusedAloud() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true));
    RawNode node = cluster.node(1);
    node.step(vote(2, 7, 0, 0));
    cluster.settle();
    Message request =
        Message.builder(MsgType.PRE_VOTE).from(3).to(1).term(4).logTerm(9).index(9).build();
    Message answer = answerTo(node, request);
    assertThat(answer.type()).isEqualTo(MsgType.PRE_VOTE_RESPONSE);
    assertThat(answer.reject()).isTrue();
    assertThat(answer.term()).isEqualTo(7);
  }

  @Test
  void latePreVoteOfItsOwnIsNoVote() {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true));
    RawNode node = cluster.node(1);
    node.campaign();
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    // Both others agree before its own answer is durable.
    for (long from = 2; from <= 3; from++) {
      node.step(Message.builder(MsgType.PRE_VOTE_RESPONSE).from(from).to(1).term(1).build());
    }
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    node.advance(ready);
    assertThat(node.raft().tracker.votesGranted()).isZero();
  }

  @Test
  void noCampaignBeforeACommittedConfChangeIsApplied() {
    TestCluster cluster = TestCluster.of(3);
    Entry change =
        new Entry(
            1,
            1,
            EntryType.CONF_CHANGE_V2,
            new TextConfChangeCodec().encode(ConfChange.V2.LEAVE_JOINT),
            Payload.EMPTY);
    RawNode node = cluster.node(1);
    node.step(
        Message.builder(MsgType.APPEND)
            .from(2)
            .to(1)
            .term(1)
            .entries(EntryList.of(change))
            .commit(1)
            .build());
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    node.advanceAppend(ready);
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    node.step(Message.builder(MsgType.TIMEOUT_NOW).from(2).to(1).term(1).build());
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    node.advanceApplyTo(1);
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
  }

  @Test
  void noCampaignBeforeASnapshotIsInstalled() {
    RawNode node = TestCluster.of(3).node(1);
    assertThat(node.hasPendingSnapshot()).isFalse();
    SnapshotMeta meta = new SnapshotMeta(9, 1, ConfState.ofVoters(1, 2, 3));
    node.step(
        Message.builder(MsgType.SNAPSHOT)
            .from(2)
            .to(1)
            .term(1)
            .snapshot(new Snapshot(meta, Payload.EMPTY))
            .build());
    assertThat(node.promotable()).isFalse();
    assertThat(node.hasPendingSnapshot()).isTrue();
    node.campaign();
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.hasReady()).isTrue();
    assertThat(node.ready().committedEntries().isEmpty()).isTrue();
  }

  @Test
  void leaderWithoutAQuorumStepsDown() {
    TestCluster cluster = TestCluster.of(3, each -> each.checkQuorum(true)).elect(1);
    cluster.isolate(1);
    for (int i = 0; i < 21; i++) {
      cluster.tick(1, 1);
      cluster.settle();
    }
    assertThat(cluster.node(1).isLeader()).isFalse();
  }

  @Test
  void newVoterCountsAsActive() {
    TestCluster cluster = TestCluster.of(1, each -> each.checkQuorum(true)).elect(1);
    cluster.tick(1, 9);
    cluster.changeMembers(1, "v2");
    cluster.settle();
    cluster.tick(1, 1);
    assertThat(cluster.node(1).isLeader()).isTrue();
    cluster.tick(1, 10);
    assertThat(cluster.node(1).isLeader()).isFalse();
  }

  @Test
  void voterRefusesWhileItHearsALeader() {
    TestCluster cluster = TestCluster.of(3, each -> each.checkQuorum(true)).elect(1);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(2).term()).isEqualTo(1);
    assertThat(cluster.node(2).leaderId()).isEqualTo(1);
  }

  @Test
  void priorityDecidesAmongEqualLogs() {
    TestCluster cluster = TestCluster.of(3);
    cluster.node(1).setPriority(5);
    cluster.node(3).setPriority(5);
    cluster.node(2).campaign();
    cluster.settle();
    assertThat(cluster.node(2).isLeader()).isFalse();
    cluster.node(2).setPriority(5);
    cluster.elect(2);
  }
}
