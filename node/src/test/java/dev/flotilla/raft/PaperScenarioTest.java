package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 101 to 120 of SCENARIOS.md: the paper, section by section. */
class PaperScenarioTest {
  @ParameterizedTest
  @EnumSource(names = {"FOLLOWER", "CANDIDATE", "LEADER"})
  void updateTermFromMessage(Role role) {
    RawNode node = TestCluster.of(3).node(1);
    Raft raft = node.raft();
    raft.becomeFollower(1, 2);
    if (role != Role.FOLLOWER) {
      node.campaign();
    }
    if (role == Role.LEADER) {
      node.step(Wire.voted(2, 2, true));
      node.step(Wire.voted(3, 2, true));
    }
    assertThat(node.role()).isEqualTo(role);
    node.step(Wire.append(2, 9, 0, 0, 0, EntryList.EMPTY));
    assertThat(node.term()).isEqualTo(9);
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void startAsFollower() {
    assertThat(TestCluster.of(3).node(1).role()).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void leaderBcastBeat() {
    TestCluster cluster = TestCluster.of(3, each -> each.heartbeatTicks(2));
    cluster.lead(1);
    cluster.tick(1, 1);
    cluster.persist(1);
    assertThat(cluster.sent).isEmpty();
    cluster.tick(1, 1);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.HEARTBEAT))
        .hasSize(2)
        .extracting(Message::to)
        .containsExactly(2L, 3L);
  }

  @Test
  void followerStartElection() {
    startsElection(Role.FOLLOWER);
  }

  @Test
  void candidateStartNewElection() {
    startsElection(Role.CANDIDATE);
  }

  private static void startsElection(Role role) {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = cluster.node(1);
    if (role == Role.CANDIDATE) {
      node.campaign();
      cluster.persist(1);
      cluster.lose();
    }
    final long term = node.term();
    cluster.tick(1, 9);
    assertThat(node.term()).isEqualTo(term);
    cluster.tick(1, 1);
    assertThat(node.term()).isEqualTo(term + 1);
    assertThat(node.role()).isEqualTo(Role.CANDIDATE);
    assertThat(node.vote()).isEqualTo(1);
    cluster.persist(1);
    assertThat(node.raft().tracker.votesGranted()).isEqualTo(1);
    assertThat(cluster.takeSent(MsgType.VOTE))
        .hasSize(2)
        .allMatch(m -> m.term() == term + 1 && m.from() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, LEADER", "3, 1, 0, LEADER", "3, 2, 0, LEADER", "3, 0, 2, FOLLOWER",
    "3, 0, 1, CANDIDATE", "4, 2, 0, LEADER", "4, 1, 1, CANDIDATE", "4, 0, 2, FOLLOWER",
    "5, 2, 2, LEADER", "5, 1, 2, CANDIDATE", "5, 1, 3, FOLLOWER", "5, 0, 0, CANDIDATE",
    "7, 3, 3, LEADER", "9, 4, 4, LEADER", "9, 3, 4, CANDIDATE"
  })
  void leaderElectionInOneRoundRpc(int size, int granted, int refused, Role role) {
    TestCluster cluster = TestCluster.of(size);
    RawNode node = cluster.node(1);
    node.campaign();
    cluster.persist(1);
    for (int i = 0; i < granted + refused; i++) {
      node.step(Wire.voted(i + 2L, 1, i < granted));
    }
    assertThat(node.role()).isEqualTo(role);
    assertThat(node.term()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 2, true", "0, 3, true", "2, 2, true", "3, 3, true", "2, 3, false", "3, 2, false"})
  void followerVote(long before, long candidate, boolean granted) {
    TestCluster cluster = TestCluster.of(3);
    cluster.disk(1).setHardState(new HardState(1, before, 0));
    RawNode node = cluster.restart(1);
    node.step(Wire.vote(MsgType.VOTE, candidate, 1, 0, 0));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.VOTE_RESPONSE))
        .singleElement()
        .matches(m -> m.reject() != granted && m.to() == candidate);
    assertThat(node.vote()).isEqualTo(before == 0 ? candidate : before);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void candidateFallback(long term) {
    RawNode node = TestCluster.of(3).node(1);
    node.campaign();
    node.step(Wire.append(2, term, 0, 0, 0, EntryList.EMPTY));
    assertThat(node.role()).isEqualTo(Role.FOLLOWER);
    assertThat(node.term()).isEqualTo(term);
    assertThat(node.leaderId()).isEqualTo(2);
  }

  private static RawNode drawing(Random random, MemStorage disk) {
    return new RawNode(
        RaftConfig.builder(
                1, new TextConfChangeCodec(), (term, min, max) -> min + random.nextInt(max - min))
            .build(),
        disk);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void electionTimeoutRandomized(boolean candidate) {
    Random random = new Random(5);
    Set<Integer> timeouts = new TreeSet<>();
    for (int round = 0; round < 1000; round++) {
      RawNode node = drawing(random, MemStorage.ofVoters(1, 2, 3));
      if (candidate) {
        node.campaign();
      } else {
        node.step(Wire.heartbeat(2, 2, 0));
      }
      long term = node.term();
      int ticks = 0;
      while (node.term() == term) {
        node.tick();
        ticks++;
      }
      timeouts.add(ticks);
    }
    assertThat(timeouts).containsExactly(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void electionTimeoutNonconflict(boolean candidates) {
    Random random = new Random(9);
    int conflicts = 0;
    for (int round = 0; round < 1000; round++) {
      List<RawNode> nodes = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        RawNode node = drawing(random, MemStorage.ofVoters(1, 2, 3, 4, 5));
        if (candidates) {
          node.campaign();
        }
        nodes.add(node);
      }
      int first = nodes.stream().mapToInt(node -> node.raft().electionTimeout).min().orElse(0);
      conflicts +=
          nodes.stream().filter(node -> node.raft().electionTimeout == first).count() > 1 ? 1 : 0;
    }
    assertThat(conflicts).isLessThan(400);
  }

  @Test
  void leaderStartReplication() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.lose();
    cluster.propose(1, "some data");
    assertThat(cluster.node(1).lastIndex()).isEqualTo(2);
    assertThat(cluster.node(1).committed()).isEqualTo(1);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .hasSize(2)
        .allMatch(m -> m.index() == 1 && m.logTerm() == 1 && m.commit() == 1)
        .allMatch(
            m -> m.entries().equals(EntryList.of(Entry.normal(1, 2, Payload.ofUtf8("some data")))));
  }

  @Test
  void leaderCommitEntry() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.lose();
    cluster.propose(1, "some data");
    cluster.settle();
    assertThat(cluster.node(1).committed()).isEqualTo(2);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .filteredOn(m -> m.entries().isEmpty())
        .hasSize(2)
        .allMatch(m -> m.index() == 2 && m.commit() == 2);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, true",
    "3, 0, false",
    "3, 1, true",
    "3, 2, true",
    "5, 0, false",
    "5, 1, false",
    "5, 2, true",
    "5, 3, true",
    "4, 1, false",
    "4, 2, true"
  })
  void leaderAcknowledgeCommit(int size, int acks, boolean commits) {
    TestCluster cluster = TestCluster.of(size).elect(1);
    cluster.propose(1, "some data");
    cluster.persist(1);
    for (int i = 0; i < acks; i++) {
      cluster.node(1).step(Wire.ack(i + 2L, 1, 2));
    }
    assertThat(cluster.node(1).committed()).isEqualTo(commits ? 2 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "1 2", "1"})
  void leaderCommitPrecedingEntries(String older) {
    long[] terms = longs(older);
    TestCluster cluster = TestCluster.ofLogs(each -> each, terms, new long[0], new long[0]);
    cluster.disk(1).setHardState(new HardState(2, 0, 0));
    cluster.restart(1);
    cluster.elect(1);
    cluster.propose(1, "some data");
    cluster.settle();
    long last = terms.length + 2L;
    assertThat(cluster.node(1).applied()).isEqualTo(last);
    assertThat(cluster.node(2).applied()).isEqualTo(last);
  }

  private static long[] longs(String text) {
    return text.isEmpty()
        ? new long[0]
        : Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  @Test
  void followerCommitEntry() {
    for (int commit = 0; commit <= 3; commit++) {
      TestCluster cluster = TestCluster.of(3);
      RawNode node = cluster.node(1);
      node.step(Wire.append(2, 1, 0, 0, commit, Wire.entries(1, 1, 1, 1)));
      EntryList page = node.ready().committedEntries();
      assertThat(page.size()).isEqualTo(commit);
      for (int i = 0; i < commit; i++) {
        assertThat(page.get(i)).isEqualTo(Wire.entry(1, i + 1L));
      }
      assertThat(node.committed()).isEqualTo(commit);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // previous term and index, answer's index, rejected, hint
    "0, 0, 1, false, 0",
    "1, 1, 1, false, 0",
    "2, 2, 2, false, 0",
    "1, 2, 2, true, 1",
    "3, 3, 3, true, 2"
  })
  void followerCheckMsgAppend(long prevTerm, long prev, long index, boolean reject, long hint) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, new long[] {1, 2}, new long[0], new long[0]);
    cluster.disk(1).setHardState(new HardState(2, 0, 1));
    RawNode node = cluster.restart(1);
    cluster.persist(1);
    node.step(Wire.append(2, 2, prevTerm, prev, 0, EntryList.EMPTY));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND_RESPONSE))
        .singleElement()
        .matches(m -> m.index() == index && m.reject() == reject && m.rejectHint() == hint);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 3, 1 2 3", "1, 1, '3 4', 1 3 4", "0, 0, 1, 1 2", "0, 0, 3, 3", "1, 1, 2, 1 2"})
  void followerAppendEntries(long prevTerm, long prev, String terms, String expected) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, new long[] {1, 2}, new long[0], new long[0]);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 4, prevTerm, prev, 0, Wire.entries(prev + 1, longs(terms))));
    assertThat(Wire.terms(node)).isEqualTo(longs(expected));
    cluster.persist(1);
    assertThat(cluster.disk(1).lastIndex()).isEqualTo(longs(expected).length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 1 1 4 4 5 5 6 6",
        "1 1 1 4",
        "1 1 1 4 4 5 5 6 6 6 6",
        "1 1 1 4 4 5 5 6 6 6 7 7",
        "1 1 1 4 4 4 4",
        "1 1 1 2 2 2 3 3 3 3 3"
      })
  void leaderSyncFollowerLog(String log) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, longs("1 1 1 4 4 5 5 6 6 6"), longs(log), new long[] {});
    cluster.disk(1).setHardState(new HardState(8, 0, 0));
    cluster.restart(1);
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.settle();
    assertThat(Wire.terms(cluster.node(2))).isEqualTo(Wire.terms(cluster.node(1)));
    assertThat(cluster.node(2).applied()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1 2, 3"})
  void voteRequest(String terms, long term) {
    TestCluster cluster = TestCluster.of(3);
    long[] log = longs(terms);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, term - 1, 0, 0, 0, Wire.entries(1, log)));
    cluster.persist(1);
    cluster.lose();
    cluster.tick(1, 10);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.VOTE))
        .hasSize(2)
        .allMatch(m -> m.term() == term && m.index() == log.length)
        .allMatch(m -> m.logTerm() == log[log.length - 1]);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, true",
    "1, 1, 2, true",
    "1 1, 1, 1, false",
    "1, 2, 1, true",
    "1, 2, 2, true",
    "1 1, 2, 1, true",
    "2, 1, 1, false",
    "2, 1, 2, false",
    "2 1, 1, 1, false"
  })
  void voter(String terms, long logTerm, long index, boolean granted) {
    TestCluster cluster = TestCluster.of(2);
    cluster.add(1, Wire.disk(2, longs(terms)));
    cluster.node(1).step(Wire.vote(MsgType.VOTE, 2, 3, logTerm, index));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.VOTE_RESPONSE))
        .singleElement()
        .matches(m -> m.reject() != granted);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 3"})
  void leaderOnlyCommitsLogFromCurrentTerm(long acked, long commit) {
    TestCluster cluster = TestCluster.ofLogs(each -> each, new long[] {1, 2}, new long[0]);
    RawNode node = cluster.lead(1);
    assertThat(node.term()).isEqualTo(3);
    node.step(Wire.ack(2, 3, acked));
    assertThat(node.committed()).isEqualTo(commit);
  }
}
