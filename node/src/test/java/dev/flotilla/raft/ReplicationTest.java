package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is committed, when, and what travels. */
class ReplicationTest {
  private static Message append(long term, long prevTerm, long prev, long commit, Entry... more) {
    return Message.builder(MsgType.APPEND)
        .from(2)
        .to(1)
        .term(term)
        .logTerm(prevTerm)
        .index(prev)
        .commit(commit)
        .entries(EntryList.of(more))
        .build();
  }

  private static Entry entry(long term, long index) {
    return Entry.normal(term, index, Payload.ofUtf8("x"));
  }

  @Test
  void commandReachesAllReplicas() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    assertThat(cluster.propose(1, "a")).isEqualTo(StepResult.OK);
    assertThat(cluster.propose(2, "by proxy")).isEqualTo(StepResult.OK);
    cluster.settle();
    for (long id = 1; id <= 3; id++) {
      assertThat(cluster.node(id).applied()).isEqualTo(3);
      assertThat(cluster.disk(id).lastIndex()).isEqualTo(3);
    }
  }

  @Test
  void batchTravelsInOneAppend() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.sent.clear();
    cluster.node(1).proposeBatch(List.of(Payload.ofUtf8("a"), Payload.ofUtf8("b")));
    cluster.handleReady(1);
    List<Message> appends = cluster.takeSent(MsgType.APPEND);
    assertThat(appends).hasSize(2).allMatch(message -> message.entries().size() == 2);
  }

  @Test
  void entriesOfAnOlderTermAreNotCountedCommitted() {
    TestCluster cluster = TestCluster.of(3);
    for (long id = 1; id <= 2; id++) {
      cluster.disk(id).append(EntryList.of(entry(1, 1), entry(2, 2)));
      cluster.disk(id).setHardState(new HardState(2, 0, 0));
      cluster.add(id, cluster.disk(id));
    }
    // Appends of the new term are lost: the quorum holds only what is old.
    cluster.drop(
        message ->
            message.type() == MsgType.APPEND
                && !message.entries().isEmpty()
                && message.entries().last().term() > 2);
    cluster.elect(1);
    cluster
        .node(1)
        .step(Message.builder(MsgType.APPEND_RESPONSE).from(2).to(1).term(3).index(2).build());
    assertThat(cluster.node(1).raft().tracker.committed()).isEqualTo(2);
    assertThat(cluster.node(1).committed()).isZero();
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(3);
  }

  @Test
  void followerCommitsNoFurtherThanWasVerified() {
    RawNode node = TestCluster.of(3).node(1);
    node.step(append(1, 0, 0, 0, entry(1, 1), entry(1, 2), entry(1, 3)));
    // A new leader knows of index 1 only; 2 and 3 may yet be replaced.
    node.step(append(2, 1, 1, 3));
    assertThat(node.committed()).isEqualTo(1);
  }

  @Test
  void emptyLogDoesNotMatchACompactedOne() {
    TestCluster cluster = TestCluster.of(3);
    MemStorage disk = cluster.disk(1);
    SnapshotMeta meta = new SnapshotMeta(10, 3, ConfState.ofVoters(1, 2, 3));
    disk.applySnapshot(new Snapshot(meta, Payload.EMPTY));
    RawNode node = cluster.add(1, disk);
    assertThat(node.term(5)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(node.term(10)).isEqualTo(3);
    assertThat(node.term(11)).isEqualTo(RaftStorage.TERM_UNAVAILABLE);
    assertThat(node.raft().log.matches(0, 11)).isFalse();
    assertThat(node.entries(5, 11, RaftConfig.NO_LIMIT)).isNull();
  }

  @Test
  void lateAppendIsAnsweredByTheCommitIndex() {
    TestCluster cluster = TestCluster.of(3);
    MemStorage disk = cluster.disk(1);
    disk.applySnapshot(Wire.snapshotAt(10, 3, 1, 2, 3));
    RawNode node = cluster.add(1, disk);
    // Nothing is known of what it asks about but that it is committed.
    node.step(append(3, 1, 4, 10, entry(1, 5)));
    assertThat(node.ready().messagesAfterPersist())
        .singleElement()
        .matches(answer -> answer.index() == 10 && !answer.reject());
  }

  @Test
  void conflictBelowCommitStopsTheReplica() {
    RawNode node = TestCluster.of(3).node(1);
    node.step(append(1, 0, 0, 2, entry(1, 1), entry(1, 2)));
    assertThatThrownBy(() -> node.step(heartbeat(9))).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> node.raft().log.append(EntryList.of(entry(3, 2))))
        .isInstanceOf(AssertionError.class);
  }

  private static Message heartbeat(long commit) {
    return Message.builder(MsgType.HEARTBEAT).from(2).to(1).term(1).commit(commit).build();
  }

  @Test
  void localSnapshotOfWhatTheLogHasKeepsTheLog() {
    RawNode node = TestCluster.of(3).node(1);
    node.step(append(1, 0, 0, 0, entry(1, 1), entry(1, 2), entry(1, 3)));
    SnapshotMeta meta = new SnapshotMeta(2, 1, ConfState.ofVoters(1, 2, 3));
    node.step(
        Message.builder(MsgType.SNAPSHOT)
            .from(2)
            .to(1)
            .term(1)
            .snapshot(new Snapshot(meta, Payload.EMPTY))
            .build());
    assertThat(node.committed()).isEqualTo(2);
    assertThat(node.lastIndex()).isEqualTo(3);
  }

  @Test
  void fullWindowIsProbedWithAnEmptyAppend() {
    TestCluster cluster = TestCluster.of(2, each -> each.inflightMessagesMax(2)).elect(1);
    cluster.drop(message -> message.type() == MsgType.APPEND);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "lost");
    }
    cluster.settle();
    cluster.sent.clear();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.takeSent(MsgType.APPEND))
        .hasSize(1)
        .allMatch(message -> message.entries().isEmpty());
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.node(2).lastIndex()).isEqualTo(6);
  }

  @Test
  void commitIsNotBroadcastIfSoConfigured() {
    TestCluster cluster = TestCluster.of(3, each -> each.skipBcastCommit(true)).elect(1);
    cluster.tick(1, 1);
    cluster.settle();
    cluster.sent.clear();
    cluster.propose(1, "a");
    cluster.settle();
    assertThat(cluster.takeSent(MsgType.APPEND)).hasSize(2);
    assertThat(cluster.node(1).committed()).isEqualTo(2);
    assertThat(cluster.node(2).committed()).isEqualTo(1);
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.node(2).committed()).isEqualTo(2);
    cluster.changeMembers(1, "l9");
    cluster.settle();
    assertThat(cluster.node(2).confState().learners()).isEqualTo(IdSet.of(9));
  }

  @Test
  void unsentAppendsAreJoined() {
    TestCluster cluster = TestCluster.of(3, each -> each.batchAppend(true)).elect(1);
    cluster.sent.clear();
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "command " + i);
    }
    cluster.handleReady(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .hasSize(2)
        .allMatch(message -> message.entries().size() == 10);
    cluster.settle();
    assertThat(cluster.node(3).lastIndex()).isEqualTo(11);
  }

  @Test
  void tooMuchUncommittedIsDropped() {
    TestCluster cluster = TestCluster.of(3, each -> each.uncommittedBytesMax(8)).elect(1);
    cluster.isolate(1);
    assertThat(cluster.propose(1, "larger than the limit")).isEqualTo(StepResult.OK);
    assertThat(cluster.propose(1, "b")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.propose(1, "")).isEqualTo(StepResult.OK);
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.propose(1, "b")).isEqualTo(StepResult.OK);
  }

  @Test
  void refusedConfChangeGivesItsRoomBack() {
    TestCluster cluster = TestCluster.of(3, each -> each.uncommittedBytesMax(40)).elect(1);
    for (int i = 0; i < 20; i++) {
      // Leaves what is not joint: replaced by an empty entry.
      cluster.changeMembers(1, "");
      cluster.settle();
    }
    assertThat(cluster.propose(1, "forty bytes of room, nearly all used."))
        .isEqualTo(StepResult.OK);
  }

  @Test
  void snapshotOutcomesResumeThePeer() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.drop(message -> message.type() == MsgType.SNAPSHOT);
    Progress peer = cluster.node(1).raft().tracker.at(1);
    for (boolean ok : new boolean[] {false, true}) {
      peer.becomeSnapshot(11);
      cluster.node(1).reportSnapshot(2, ok);
      assertThat(peer.state).isEqualTo(ProgressState.PROBE);
      assertThat(peer.next).isEqualTo(ok ? 12 : peer.match + 1);
      assertThat(peer.isPaused()).isTrue();
    }
  }

  @Test
  void laggingPeerCatchesUpBySnapshot() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "command");
    }
    cluster.settle();
    cluster.disk(1).createSnapshot(5, cluster.node(1).confState());
    cluster.disk(1).compact(5);
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.takeSent(MsgType.SNAPSHOT)).hasSize(1);
    assertThat(cluster.node(3).applied()).isEqualTo(6);
  }
}
