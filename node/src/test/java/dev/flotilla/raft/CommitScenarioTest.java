package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 72 to 100 of SCENARIOS.md: what is replicated, and what is committed. */
class CommitScenarioTest {
  private static final EntryList NONE = EntryList.EMPTY;

  @Test
  void logReplication() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.propose(1, "a");
    cluster.settle();
    everywhere(cluster, 2);
    cluster.elect(2);
    cluster.propose(2, "b");
    cluster.settle();
    everywhere(cluster, 4);
  }

  private static void everywhere(TestCluster cluster, long index) {
    for (RawNode node : cluster.nodes.values()) {
      assertThat(node.committed()).isEqualTo(index);
      assertThat(node.applied()).isEqualTo(index);
      assertThat(Wire.terms(node)).isEqualTo(Wire.terms(cluster.node(1)));
    }
  }

  @Test
  void singleNodeCommit() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    cluster.settle();
    everywhere(cluster, 3);
  }

  @ParameterizedTest
  @CsvSource({"3, 0, true", "3, 1, true", "3, 2, false", "4, 2, false", "5, 2, true"})
  void proposal(int size, int dead, boolean commits) {
    TestCluster cluster = TestCluster.of(size);
    for (int i = 0; i < dead; i++) {
      cluster.nodes.remove((long) size - i);
    }
    cluster.node(1).campaign();
    cluster.settle();
    StepResult result = cluster.propose(1, "a");
    cluster.settle();
    assertThat(result).isEqualTo(commits ? StepResult.OK : StepResult.PROPOSAL_DROPPED);
    everywhere(cluster, commits ? 2 : 0);
  }

  @Test
  void proposalByProxy() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    assertThat(cluster.propose(2, "a")).isEqualTo(StepResult.OK);
    cluster.settle();
    everywhere(cluster, 2);
    cluster.nodes.remove(3L);
    cluster.node(2).proposeBatch(List.of(Payload.ofUtf8("b"), Payload.ofUtf8("c")));
    cluster.settle();
    everywhere(cluster, 4);
  }

  /** 1 led, and its last two entries reached 2 alone, uncommitted. */
  private static TestCluster withOldEntries() {
    TestCluster cluster = TestCluster.of(5, each -> each.messageBytesMax(1)).elect(1);
    cluster.drop(m -> m.to() >= 3 || m.from() >= 3);
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(1);
    // Then 2 leads; its entry of its own term does not get through.
    cluster.drop(
        m ->
            m.type() == MsgType.APPEND
                && !m.entries().isEmpty()
                && m.entries().last().term() > 1
                && cluster.node(m.to()).lastIndex() >= 3);
    cluster.elect(2);
    return cluster;
  }

  @Test
  void cannotCommitWithoutNewTermEntry() {
    TestCluster cluster = withOldEntries();
    cluster.pass(2, 3);
    assertThat(cluster.peer(2, 4).match).isEqualTo(3);
    assertThat(cluster.node(2).raft().tracker.committed()).isEqualTo(3);
    assertThat(cluster.node(2).committed()).isEqualTo(1);
    cluster.heal();
    cluster.pass(2, 1);
    cluster.propose(2, "c");
    cluster.settle();
    assertThat(cluster.node(2).committed()).isEqualTo(5);
  }

  @Test
  void commitWithoutNewTermEntry() {
    TestCluster cluster = withOldEntries();
    assertThat(cluster.node(2).committed()).isEqualTo(1);
    cluster.heal();
    // The entry that every new leader makes is enough.
    cluster.pass(2, 1);
    assertThat(cluster.node(2).committed()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    // match of each voter, terms of the leader's log, its term, commit index
    "1, 1, 1, 1", "1, 1, 2, 0", "2, 1 2, 2, 2", "1, 2, 2, 1",
    "2 1 1, 1 2, 1, 1", "2 1 1, 1 1, 2, 0", "2 1 2, 1 2, 2, 2", "2 1 2, 1 1, 2, 0",
    "2 1 1 1, 1 2, 1, 1", "2 1 1 1, 1 1, 2, 0", "2 1 1 2, 1 2, 1, 1", "2 1 1 2, 1 1, 2, 0",
    "2 1 2 2, 1 2, 2, 2", "2 1 2 2, 1 1, 2, 0"
  })
  void commit(String matches, String terms, long term, long expected) {
    long[] match = longs(matches);
    MemStorage disk = Wire.disk(match.length, longs(terms));
    disk.setHardState(new HardState(term, 0, 0));
    RawNode node = new RawNode(TestCluster.config(1).build(), disk);
    Raft raft = node.raft();
    for (int i = 0; i < match.length; i++) {
      raft.tracker.at(i).match = match[i];
    }
    raft.outbox.term = term;
    LeaderReads reads = raft.reads;
    Replicator replicator = new Replicator(raft.config, raft.log, raft.tracker, raft.outbox);
    new LeaderCommit(
            raft.config,
            raft.log,
            raft.tracker,
            raft.outbox,
            replicator,
            raft.proposals,
            raft.transfer,
            reads)
        .maybeCommit();
    assertThat(node.committed()).isEqualTo(expected);
  }

  private static long[] longs(String text) {
    return Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    // previous term and index, leader's commit, terms of entries, last index, commit, rejected
    "3, 2, 3, '', 2, 0, true",
    "2, 3, 3, '', 2, 0, true",
    "1, 1, 1, '', 2, 1, false",
    "0, 0, 1, 2, 1, 1, false",
    "2, 2, 3, '2 2', 4, 3, false",
    "2, 2, 4, 2, 3, 3, false",
    "1, 1, 4, 2, 2, 2, false",
    "1, 1, 3, '', 2, 1, false",
    "1, 1, 3, 2, 2, 2, false",
    "2, 2, 3, '', 2, 2, false",
    "2, 2, 4, '', 2, 2, false"
  })
  void handleMsgAppend(
      long prevTerm, long prev, long commit, String terms, long last, long to, boolean reject) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, new long[] {1, 2}, new long[0], new long[0]);
    EntryList entries = terms.isEmpty() ? NONE : Wire.entries(prev + 1, longs(terms));
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 2, prevTerm, prev, commit, entries));
    assertThat(node.lastIndex()).isEqualTo(last);
    assertThat(node.committed()).isEqualTo(to);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND_RESPONSE))
        .singleElement()
        .matches(answer -> answer.reject() == reject);
  }

  @Test
  void handleHeartbeat() {
    RawNode node = TestCluster.of(2).node(1);
    node.step(Wire.append(2, 2, 0, 0, 2, Wire.entries(1, 1, 2, 2)));
    node.step(Wire.heartbeat(2, 2, 3));
    assertThat(node.committed()).isEqualTo(3);
    node.step(Wire.heartbeat(2, 2, 1));
    assertThat(node.committed()).isEqualTo(3);
    assertThatThrownBy(() -> node.step(Wire.heartbeat(2, 2, 4))).isInstanceOf(AssertionError.class);
  }

  @Test
  void handleHeartbeatResp() {
    TestCluster cluster = TestCluster.of(2);
    RawNode leader = cluster.lead(1);
    for (int i = 0; i < 2; i++) {
      // Not acknowledged yet: sent again with each heartbeat.
      cluster.tick(1, 1);
      leader.step(Wire.alive(2, 1));
      cluster.persist(1);
      assertThat(cluster.takeSent(MsgType.APPEND)).hasSize(1);
    }
    leader.step(Wire.ack(2, 1, 1));
    cluster.persist(1);
    cluster.lose();
    leader.step(Wire.alive(2, 1));
    cluster.persist(1);
    assertThat(cluster.sent).isEmpty();
  }

  @Test
  void msgAppendResponseWaitReset() {
    TestCluster cluster = TestCluster.of(3);
    RawNode leader = cluster.lead(1);
    leader.step(Wire.ack(2, 1, 1));
    cluster.persist(1);
    assertThat(leader.committed()).isEqualTo(1);
    cluster.lose();
    cluster.propose(1, "a");
    cluster.persist(1);
    // 3 has not answered the probe.
    assertThat(cluster.takeSent(MsgType.APPEND))
        .singleElement()
        .matches(m -> m.to() == 2 && m.entries().first().index() == 2);
    leader.step(Wire.ack(3, 1, 1));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .anyMatch(m -> m.to() == 3 && m.entries().size() == 1 && m.entries().first().index() == 2)
        .allMatch(m -> m.to() == 3);
  }

  @ParameterizedTest
  @CsvSource({
    // index, rejected, match and next then, appends sent, their previous index, commit
    "3, true, 0, 3, 0, 0, 0", "2, true, 0, 2, 1, 1, 0",
    "2, false, 2, 4, 2, 2, 2", "0, false, 0, 3, 1, 0, 0"
  })
  void leaderAppendResponse(
      long index, boolean reject, long match, long next, int sent, long prev, long commit) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, new long[] {0, 1}, new long[0], new long[0]);
    cluster.add(1, Wire.disk(3, 1));
    RawNode leader = cluster.lead(1);
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.next).isEqualTo(2);
    peer.next = 3;
    long term = leader.term();
    assertThat(term).isEqualTo(2);
    cluster.lose();
    leader.step(reject ? Wire.reject(2, term, index, index, 0) : Wire.ack(2, term, index));
    assertThat(peer.match).isEqualTo(match);
    // After an acceptance the peer replicates: what was sent at once counts.
    assertThat(peer.next).isEqualTo(index == 2 && !reject ? 3 : next);
    assertThat(leader.committed()).isEqualTo(commit);
    cluster.persist(1);
    List<Message> appends = cluster.takeSent(MsgType.APPEND);
    assertThat(appends.stream().filter(m -> m.to() == 2).count()).isEqualTo(Math.min(sent, 1));
    assertThat(appends.stream().filter(m -> m.to() == 2)).allMatch(m -> m.index() == prev);
  }

  @Test
  void bcastBeat() {
    TestCluster cluster = TestCluster.of(3);
    RawNode leader = cluster.lead(1);
    for (int i = 0; i < 9; i++) {
      cluster.propose(1, "x");
    }
    cluster.persist(1);
    leader.step(Wire.ack(2, 1, 5));
    leader.step(Wire.ack(3, 1, 10));
    cluster.persist(1);
    cluster.lose();
    cluster.tick(1, 1);
    cluster.persist(1);
    List<Message> beats = cluster.takeSent(MsgType.HEARTBEAT);
    assertThat(beats).hasSize(2).allMatch(m -> m.entries().isEmpty() && m.index() == 0);
    // Never past what the peer has, nor past the commit index.
    assertThat(beats).extracting(Message::commit).containsExactly(5L, 10L);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void recvMsgBeat(Role role) {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(role == Role.PRE_CANDIDATE));
    if (role == Role.LEADER) {
      cluster.lead(1);
    } else if (role != Role.FOLLOWER) {
      cluster.node(1).campaign();
      cluster.persist(1);
    }
    cluster.lose();
    cluster.node(1).ping();
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.HEARTBEAT)).hasSize(role == Role.LEADER ? 2 : 0);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void stepIgnoreOldTermMsg(Role role) {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = cluster.node(1);
    node.step(Wire.heartbeat(2, 4, 0));
    if (role == Role.LEADER) {
      cluster.lead(1);
    } else if (role == Role.CANDIDATE) {
      node.campaign();
    }
    cluster.persist(1);
    cluster.lose();
    final HardState before = node.hardState();
    final Role was = node.role();
    for (MsgType type : MsgType.values()) {
      if (!type.isLocal()) {
        node.step(Wire.message(type, 2, 3).index(99).commit(99).build());
      }
    }
    assertThat(node.hardState()).isEqualTo(before);
    assertThat(node.role()).isEqualTo(was);
    cluster.persist(1);
    assertThat(cluster.sent).allMatch(m -> m.type() == MsgType.PRE_VOTE_RESPONSE && m.reject());
  }

  @Test
  void commitAfterRemoveNode() {
    TestCluster cluster = TestCluster.of(2);
    RawNode leader = cluster.lead(1);
    leader.step(Wire.ack(2, 1, 1));
    cluster.changeMembers(1, "r2");
    cluster.persist(1);
    cluster.propose(1, "waits for 2");
    cluster.persist(1);
    assertThat(leader.committed()).isEqualTo(1);
    leader.step(Wire.ack(2, 1, 2));
    Ready ready = leader.ready();
    assertThat(ready.committedEntries().last().index()).isEqualTo(2);
    leader.applyConfChange(new ConfChange.V1(ConfChange.Type.REMOVE_NODE, 2, Payload.EMPTY));
    assertThat(leader.committed()).isEqualTo(3);
  }

  @Test
  void commitAfterRemoveNodeIsTold() {
    TestCluster cluster = TestCluster.of(4).elect(1);
    RawNode leader = cluster.node(1);
    cluster.changeMembers(1, "r4");
    cluster.propose(1, "waits for a third of four");
    cluster.persist(1);
    leader.step(Wire.ack(2, 1, 3));
    leader.step(Wire.ack(3, 1, 2));
    assertThat(leader.committed()).isEqualTo(2);
    cluster.lose();
    cluster.persist(1);
    assertThat(leader.committed()).isEqualTo(3);
    // Nothing but the commit index is new to 2.
    assertThat(cluster.takeSent(MsgType.APPEND))
        .filteredOn(m -> m.to() == 2)
        .extracting(Message::commit)
        .contains(3L);
  }

  @ParameterizedTest
  @CsvSource({
    // log of the leader, log of the follower, hint of the first rejection, next probe after it
    "1 2 2 4 4 4 4, 1 2 2 3 3 3 3 3, 7, 3",
    "1 2 2 3 4 4 4 5, 1 2 2 3 3 3 3 3 3 3, 8, 4",
    "1 1 1 1, 1 1 1 1 2 2 2, 4, 4",
    "1 3 3 3 3, 1 1 1 2 2, 5, 1",
    "1 1 1 1 4, 1 1 1 1 2 2, 5, 4"
  })
  void fastLogRejection(String leaderLog, String followerLog, long hint, long probe) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, longs(leaderLog), longs(followerLog), new long[0]);
    cluster.disk(1).setHardState(new HardState(20, 0, 0));
    cluster.disk(2).setHardState(new HardState(20, 0, 0));
    cluster.restart(1);
    cluster.restart(2);
    cluster.elect(1);
    List<Message> rejections =
        cluster.sent.stream()
            .filter(m -> m.type() == MsgType.APPEND_RESPONSE && m.reject() && m.from() == 2)
            .toList();
    // About one probe a term.
    assertThat(rejections).hasSizeLessThanOrEqualTo(2);
    if (!rejections.isEmpty()) {
      assertThat(rejections.get(0).rejectHint()).isEqualTo(hint);
      assertThat(
              cluster.sent.stream()
                  .filter(m -> m.type() == MsgType.APPEND && m.to() == 2)
                  .map(Message::index)
                  .toList())
          .contains(probe);
    }
    assertThat(Wire.terms(cluster.node(2))).isEqualTo(Wire.terms(cluster.node(1)));
  }

  @Test
  void logReplicationWithReorderedMessage() {
    TestCluster cluster = TestCluster.of(2);
    RawNode leader = cluster.lead(1);
    leader.step(Wire.ack(2, 1, 1));
    cluster.propose(1, "a");
    cluster.persist(1);
    Progress peer = cluster.peer(1, 2);
    leader.reportUnreachable(2);
    leader.step(Wire.ack(2, 1, 2));
    leader.reportUnreachable(2);
    assertThat(peer.next).isEqualTo(3);
    // Rejections of before, late.
    leader.step(Wire.reject(2, 1, 2, 0, 0));
    assertThat(peer.next).isEqualTo(3);
    assertThat(peer.match).isEqualTo(2);
  }

  @Test
  void learnerLogReplication() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    MemStorage disk = new MemStorage();
    disk.setConfState(ConfState.ofVoters(1));
    cluster.add(2, disk);
    cluster.changeMembers(1, "l2");
    cluster.settle();
    cluster.propose(1, "a");
    cluster.settle();
    assertThat(cluster.node(2).committed()).isEqualTo(3);
    assertThat(cluster.peer(1, 2).match).isEqualTo(3);
    // A lost learner holds nothing up, and what it has counts for nothing.
    cluster.isolate(2);
    cluster.propose(1, "b");
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(4);
    TestCluster two = TestCluster.of(2).elect(1);
    two.changeMembers(1, "l3");
    two.settle();
    two.isolate(2);
    two.propose(1, "c");
    two.persist(1);
    two.node(1).step(Wire.ack(3, 1, 3));
    assertThat(two.node(1).committed()).isEqualTo(2);
  }

  @Test
  void uncommittedEntriesSizeLimit() {
    TestCluster cluster = TestCluster.of(3, each -> each.uncommittedBytesMax(12));
    RawNode leader = cluster.lead(1);
    assertThat(cluster.propose(1, "sixsix")).isEqualTo(StepResult.OK);
    assertThat(cluster.propose(1, "sixsix")).isEqualTo(StepResult.OK);
    assertThat(cluster.propose(1, "s")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(leader.proposeBatch(List.of(Payload.EMPTY, Payload.ofUtf8("s"))))
        .isEqualTo(StepResult.PROPOSAL_DROPPED);
    Message forwarded = Wire.message(MsgType.PROPOSE, 2, 0).entries(Wire.entries(0, 0)).build();
    assertThat(leader.step(forwarded)).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.propose(1, "")).isEqualTo(StepResult.OK);
    cluster.persist(1);
    leader.step(Wire.ack(2, 1, 2));
    cluster.persist(1);
    // Six bytes are applied.
    assertThat(cluster.propose(1, "sevenss")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.propose(1, "sixsix")).isEqualTo(StepResult.OK);
    leader.step(Wire.ack(2, 1, 1));
    cluster.persist(1);
    leader.step(Wire.ack(2, 1, leader.lastIndex()));
    cluster.persist(1);
    // With nothing pending anything passes.
    assertThat(cluster.propose(1, "much longer than the limit")).isEqualTo(StepResult.OK);
    assertThat(cluster.propose(1, "s")).isEqualTo(StepResult.PROPOSAL_DROPPED);
  }

  @Test
  void uncommittedEntryAfterLeaderElection() {
    TestCluster cluster = TestCluster.of(5, each -> each.uncommittedBytesMax(12)).elect(1);
    cluster.drop(m -> m.to() == 1 || m.to() > 2);
    cluster.propose(1, "twelve bytes");
    cluster.settle();
    assertThat(cluster.propose(1, "x")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    cluster.drop(m -> m.type() == MsgType.APPEND);
    cluster.elect(2);
    assertThat(cluster.node(2).lastIndex()).isEqualTo(3);
    assertThat(cluster.propose(2, "twelve bytes")).isEqualTo(StepResult.OK);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, RaftConfig.NO_LIMIT})
  void uncommittedStateAdvanceReadyFromLastTerm(long page) {
    TestCluster cluster =
        TestCluster.of(
                3, each -> each.uncommittedBytesMax(12).messageBytesMax(1).committedBytesMax(page))
            .elect(1);
    cluster.drop(m -> m.type() == MsgType.APPEND_RESPONSE);
    cluster.propose(1, "old old ");
    cluster.settle();
    cluster.elect(2);
    cluster.propose(2, "newnew");
    cluster.heal();
    cluster.drop(m -> m.type() == MsgType.APPEND_RESPONSE && m.index() > 3);
    cluster.pass(2, 1);
    // The old entry is applied; it was not counted in this term and gives nothing back.
    assertThat(cluster.node(2).applied()).isEqualTo(3);
    assertThat(cluster.propose(2, "sevenss")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.propose(2, "sixsix")).isEqualTo(StepResult.OK);
  }

  @Test
  void boundedUncommittedEntriesGrowthWithPartition() {
    TestCluster cluster = TestCluster.of(3, each -> each.uncommittedBytesMax(100)).elect(1);
    cluster.isolate(1);
    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      taken += cluster.propose(1, "0123456789") == StepResult.OK ? 1 : 0;
      cluster.settle();
    }
    assertThat(taken).isEqualTo(10);
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.propose(1, "0123456789")).isEqualTo(StepResult.OK);
  }

  /**
   * 1 was voted out by a change that only it knows committed: 2 and 3 hold the entry. They have the
   * old configuration and cannot elect anyone without 1's vote or its word.
   */
  private static TestCluster afterLostCommit(boolean commitByVote, boolean preVote) {
    TestCluster cluster =
        TestCluster.of(4, each -> each.commitByVote(commitByVote).preVote(preVote)).elect(1);
    cluster.changeMembers(1, "r4");
    cluster.drop(m -> m.to() == 4 || m.from() == 4 || (m.from() == 1 && m.commit() >= 2));
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(2);
    assertThat(cluster.node(2).committed()).isEqualTo(1);
    return cluster;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void advanceCommitIndexByDirectVoteRequest(boolean preVote) {
    TestCluster cluster = afterLostCommit(true, preVote);
    cluster.drop(m -> m.to() == 4 || m.from() == 4);
    // 1 asks, and by its request 2 learns that the change is committed, even if it refuses.
    cluster.node(2).setPriority(9);
    cluster.node(3).setPriority(9);
    cluster.node(1).step(Wire.heartbeat(2, 7, 0));
    cluster.node(1).campaign();
    cluster.settle();
    assertThat(cluster.node(2).committed()).isEqualTo(2);
    assertThat(cluster.node(2).confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void advanceCommitIndexByDirectVoteResponse(boolean preVote) {
    for (boolean commitByVote : new boolean[] {true, false}) {
      TestCluster cluster = afterLostCommit(commitByVote, preVote);
      cluster.drop(m -> m.to() == 4 || m.from() == 4);
      cluster.node(1).setPriority(9);
      cluster.node(2).campaign();
      cluster.settle();
      assertThat(cluster.node(2).committed()).isEqualTo(commitByVote ? 2 : 1);
      // It asked the voters of a configuration that is no longer the last committed.
      assertThat(cluster.node(2).role() == Role.FOLLOWER).isEqualTo(commitByVote);
    }
  }
}
