package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Items 11, 12 and 18 to 28 of SCENARIOS.md: how a leader sends. */
class FlowControlScenarioTest {
  private static TestCluster leader(int window, long messageBytes) {
    TestCluster cluster =
        TestCluster.of(2, each -> each.inflightMessagesMax(window).messageBytesMax(messageBytes));
    cluster.lead(1);
    return cluster;
  }

  private static List<Message> appends(TestCluster cluster) {
    cluster.persist(1);
    return cluster.takeSent(MsgType.APPEND);
  }

  private static TestCluster replicating(int window) {
    TestCluster cluster = leader(window, RaftConfig.NO_LIMIT);
    cluster.node(1).step(Wire.ack(2, 1, 1));
    appends(cluster);
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.REPLICATE);
    return cluster;
  }

  @Test
  void progressFlowControl() {
    // Two entries of 1 000 bytes fit into a message, three messages into the window.
    TestCluster cluster = leader(3, 2048);
    cluster.peer(1, 2).becomeProbe();
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "a".repeat(1000));
    }
    List<Message> probes = appends(cluster);
    assertThat(probes).hasSize(1);
    // The entry of the new leader, and the first command.
    assertThat(probes.get(0).entries().size()).isEqualTo(2);
    cluster.node(1).step(Wire.ack(2, 1, probes.get(0).entries().last().index()));
    List<Message> appends = appends(cluster);
    assertThat(appends).hasSize(3).allMatch(message -> message.entries().size() == 2);
    cluster.node(1).step(Wire.ack(2, 1, appends.get(2).entries().last().index()));
    appends = appends(cluster);
    assertThat(appends).hasSize(2);
    assertThat(appends.get(0).entries().size()).isEqualTo(2);
    assertThat(appends.get(1).entries().size()).isEqualTo(1);
  }

  /**
   * A peer that stood still answers all heartbeats of that time at once. If each of its answers
   * were worth a probe, the same entries would leave as often.
   */
  @Test
  void probesOnceAHeartbeatInterval() {
    TestCluster cluster = leader(3, 2048);
    cluster.peer(1, 2).becomeProbe();
    cluster.propose(1, "x");
    assertThat(appends(cluster)).hasSize(1);
    Message alive = Wire.message(MsgType.HEARTBEAT_RESPONSE, 2, 1).build();
    for (int interval = 0; interval < 3; interval++) {
      for (int answer = 0; answer < 10; answer++) {
        cluster.node(1).step(alive);
        assertThat(appends(cluster)).isEmpty();
      }
      cluster.node(1).tick();
      cluster.node(1).step(alive);
      assertThat(appends(cluster)).hasSize(1);
    }
  }

  @Test
  void sendsNothingMoreWhilePaused() {
    TestCluster cluster = replicating(256);
    RawNode leader = cluster.node(1);
    leader.pauseAppends(2);
    cluster.propose(1, "x");
    Message alive = Wire.message(MsgType.HEARTBEAT_RESPONSE, 2, 1).build();
    leader.tick();
    leader.step(alive);
    cluster.persist(1);
    assertThat(cluster.sent).extracting(Message::type).containsExactly(MsgType.HEARTBEAT);
    cluster.lose();
    leader.resumeAppends(2);
    assertThat(appends(cluster)).isEmpty();
    leader.step(alive);
    assertThat(appends(cluster)).hasSize(1);
  }

  @Test
  void aPauseEndsWithTheTerm() {
    TestCluster cluster = replicating(256);
    cluster.node(1).pauseAppends(2);
    cluster.node(1).step(Wire.message(MsgType.HEARTBEAT, 2, 2).build());
    cluster.lead(1);
    assertThat(cluster.peer(1, 2).withheld).isFalse();
  }

  @Test
  void progressCommittedIndex() {
    TestCluster cluster = TestCluster.of(3, each -> each.commitTracking(true)).elect(1);
    assertThat(cluster.node(1).committedOn(1)).isEqualTo(1);
    assertThat(cluster.node(1).committedOn(2)).isEqualTo(1);
    assertThat(cluster.node(2).committedOn(1)).isZero();
    cluster.isolate(3);
    cluster.propose(1, "a");
    cluster.settle();
    assertThat(cluster.node(1).committedOn(2)).isEqualTo(2);
    assertThat(cluster.node(1).committedOn(3)).isEqualTo(1);
    cluster.node(1).step(Wire.message(MsgType.HEARTBEAT_RESPONSE, 2, 1).commit(3).build());
    assertThat(cluster.node(1).committedOn(2)).isEqualTo(3);
    // A rejection tells nothing: its sender's log may yet be cut.
    cluster
        .node(1)
        .step(Wire.message(MsgType.APPEND_RESPONSE, 3, 1).reject(true).index(9).commit(2).build());
    assertThat(cluster.node(1).committedOn(3)).isEqualTo(1);
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.node(1).committedOn(3)).isEqualTo(2);
    // A new leader starts from nothing.
    cluster.node(1).transferLeader(2);
    cluster.settle();
    assertThat(cluster.node(2).isLeader()).isTrue();
    assertThat(cluster.node(2).committedOn(3)).isEqualTo(3);
    assertThat(cluster.node(1).committedOn(2)).isZero();
    // So does one that needs a snapshot, until it answers.
    cluster.isolate(3);
    cluster.propose(2, "b");
    cluster.settle();
    cluster.disk(2).createSnapshot(4, cluster.node(2).confState());
    cluster.disk(2).compact(4);
    cluster.heal();
    cluster.pass(2, 1);
    assertThat(cluster.node(2).committedOn(3)).isEqualTo(4);
    assertThat(cluster.node(2).committedOn(77)).isZero();
  }

  @Test
  void commitIsNotTrackedUnlessAskedFor() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    assertThat(cluster.node(1).committedOn(2)).isZero();
    assertThat(cluster.takeSent(MsgType.APPEND_RESPONSE))
        .isNotEmpty()
        .allMatch(message -> message.commit() == 0);
  }

  @Test
  void msgAppFlowControlFull() {
    TestCluster cluster = replicating(5);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "x");
      assertThat(appends(cluster)).hasSize(1);
    }
    assertThat(cluster.peer(1, 2).inflights.isFull()).isTrue();
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
      assertThat(appends(cluster)).isEmpty();
    }
  }

  @Test
  void msgAppFlowControlMoveForward() {
    TestCluster cluster = replicating(5);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "x");
      appends(cluster);
    }
    for (int acked = 2; acked < 7; acked++) {
      cluster.node(1).step(Wire.ack(2, 1, acked));
      appends(cluster);
      cluster.propose(1, "x");
      assertThat(appends(cluster)).hasSize(1);
      assertThat(cluster.peer(1, 2).inflights.isFull()).isTrue();
      for (int old = 1; old < acked; old++) {
        cluster.node(1).step(Wire.ack(2, 1, old));
        assertThat(cluster.peer(1, 2).inflights.isFull()).isTrue();
        assertThat(appends(cluster)).isEmpty();
      }
    }
  }

  @Test
  void msgAppFlowControlRecvHeartbeat() {
    TestCluster cluster = replicating(5);
    for (int i = 0; i < 5; i++) {
      cluster.propose(1, "x");
      appends(cluster);
    }
    for (int i = 0; i < 3; i++) {
      // Several answers to heartbeats, one empty append each: the window may be lost.
      cluster.node(1).step(Wire.alive(2, 1));
      assertThat(appends(cluster)).hasSize(1).allMatch(message -> message.entries().isEmpty());
      assertThat(cluster.peer(1, 2).inflights.isFull()).isTrue();
      cluster.propose(1, "x");
      assertThat(appends(cluster)).isEmpty();
    }
  }

  @Test
  void commitIsToldAgainAfterAHeartbeat() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    RawNode leader = cluster.node(1);
    for (int i = 0; i < 4; i++) {
      cluster.propose(1, "x");
    }
    cluster.persist(1);
    leader.step(Wire.ack(3, 1, 5));
    cluster.persist(1);
    assertThat(leader.committed()).isEqualTo(5);
    // All was sent to 2, the commit index too. A heartbeat tells it less: no more than it has.
    cluster.tick(1, 1);
    cluster.persist(1);
    cluster.lose();
    leader.step(Wire.ack(2, 1, 4));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .singleElement()
        .matches(m -> m.to() == 2 && m.commit() == 5 && m.entries().isEmpty());
  }

  @Test
  void sendAppendForProgressProbe() {
    TestCluster cluster = leader(256, RaftConfig.NO_LIMIT);
    cluster.peer(1, 2).becomeProbe();
    for (int round = 0; round < 3; round++) {
      if (round == 0) {
        cluster.propose(1, "x");
        List<Message> sent = appends(cluster);
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).index()).isZero();
      }
      assertThat(cluster.peer(1, 2).flowPaused).isTrue();
      for (int i = 0; i < 10; i++) {
        cluster.propose(1, "x");
        assertThat(appends(cluster)).isEmpty();
      }
      cluster.tick(1, 1);
      cluster.persist(1);
      assertThat(cluster.takeSent(MsgType.HEARTBEAT)).hasSize(1);
      assertThat(cluster.peer(1, 2).flowPaused).isTrue();
      cluster.node(1).step(Wire.alive(2, 1));
      assertThat(appends(cluster)).hasSize(1);
    }
  }

  @Test
  void sendAppendForProgressReplicate() {
    TestCluster cluster = replicating(256);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
      assertThat(appends(cluster)).hasSize(1);
    }
  }

  @Test
  void sendAppendForProgressSnapshot() {
    TestCluster cluster = replicating(256);
    cluster.peer(1, 2).becomeSnapshot(10);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
      assertThat(appends(cluster)).isEmpty();
    }
  }

  @Test
  void recvMsgUnreachable() {
    TestCluster cluster = replicating(256);
    cluster.propose(1, "x");
    cluster.propose(1, "x");
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.next).isEqualTo(4);
    cluster.node(1).reportUnreachable(2);
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    assertThat(peer.next).isEqualTo(2);
    cluster.node(1).reportUnreachable(77);
    peer.becomeSnapshot(9);
    cluster.node(1).reportUnreachable(2);
    assertThat(peer.state).isEqualTo(ProgressState.SNAPSHOT);
  }

  @Test
  void leaderIncreaseNext() {
    TestCluster cluster = replicating(256);
    Progress peer = cluster.peer(1, 2);
    cluster.node(1).proposeBatch(List.of(Payload.EMPTY, Payload.EMPTY, Payload.EMPTY));
    assertThat(peer.next).isEqualTo(5);
    peer.becomeProbe();
    cluster.propose(1, "x");
    assertThat(peer.next).isEqualTo(2);
  }

  @Test
  void batchMsgAppend() {
    TestCluster cluster = TestCluster.of(3, each -> each.batchAppend(true)).elect(1);
    cluster.lose();
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "x");
    }
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .hasSize(2)
        .allMatch(message -> message.entries().size() == 10 && message.index() == 1);
    cluster.propose(1, "x");
    // Does not follow what is unsent: sent from the start again, in a message of its own.
    cluster.node(1).step(Wire.reject(2, 1, 5, 2, 1));
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND).stream().filter(m -> m.to() == 2))
        .extracting(Message::index)
        .containsExactly(11L, 1L);
  }

  /** The window counts messages: what is joined takes no more of it than one. */
  @Test
  void joinedAppendsAreOneOfTheWindow() {
    TestCluster cluster =
        TestCluster.of(2, each -> each.batchAppend(true).inflightMessagesMax(2)).elect(1);
    Progress peer = cluster.peer(1, 2);
    assertThat(peer.state).isEqualTo(ProgressState.REPLICATE);
    cluster.lose();
    for (int message = 1; message <= 2; message++) {
      for (int i = 0; i < 5; i++) {
        cluster.propose(1, "x");
      }
      assertThat(peer.inflights.count()).isEqualTo(message);
      cluster.persist(1);
    }
    assertThat(cluster.takeSent(MsgType.APPEND))
        .extracting(message -> message.entries().size())
        .containsExactly(5, 1);
    assertThat(peer.inflights.isFull()).isTrue();
    cluster.node(1).step(Wire.ack(2, 1, 6));
    assertThat(peer.inflights.count()).isEqualTo(2);
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .extracting(message -> message.entries().size())
        .containsExactly(4);
  }

  @Test
  void joinedAppendsStayWithinTheirLimit() {
    int size = Wire.entry(1, 2).encodedSize();
    TestCluster cluster =
        TestCluster.of(2, each -> each.batchAppend(true).messageBytesMax(3L * size)).elect(1);
    cluster.lose();
    for (int i = 0; i < 7; i++) {
      cluster.propose(1, "x");
    }
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND))
        .extracting(message -> message.entries().size())
        .containsExactly(3, 3, 1);
  }
}
