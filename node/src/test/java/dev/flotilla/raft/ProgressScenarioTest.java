package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items 1 to 10 and 13 to 17 of SCENARIOS.md: one peer's progress and window. */
class ProgressScenarioTest {
  private static Progress progress(ProgressState state, long match, long next) {
    Progress progress = new Progress(2, next, false, new Inflights(256, RaftConfig.NO_LIMIT));
    progress.match = match;
    progress.state = state;
    return progress;
  }

  @ParameterizedTest
  @CsvSource({"REPLICATE, 0, 2", "SNAPSHOT, 10, 11", "SNAPSHOT, 0, 2", "PROBE, 0, 2"})
  void progressBecomeProbe(ProgressState from, long pending, long next) {
    Progress progress = progress(from, 1, 5);
    progress.pendingSnapshot = pending;
    progress.flowPaused = true;
    progress.sentCommit(20);
    progress.becomeProbe();
    assertThat(progress.state).isEqualTo(ProgressState.PROBE);
    assertThat(progress.match).isEqualTo(1);
    assertThat(progress.next).isEqualTo(next);
    assertThat(progress.pendingSnapshot).isZero();
    assertThat(progress.flowPaused).isFalse();
    // What was told of commits beyond next - 1 may be lost.
    progress.next = 30;
    assertThat(progress.canBumpCommit(next)).isTrue();
    assertThat(progress.canBumpCommit(next - 1)).isFalse();
  }

  @Test
  void progressBecomeReplicate() {
    Progress progress = progress(ProgressState.PROBE, 1, 5);
    progress.becomeReplicate();
    assertThat(progress.state).isEqualTo(ProgressState.REPLICATE);
    assertThat(progress.match).isEqualTo(1);
    assertThat(progress.next).isEqualTo(2);
  }

  @Test
  void progressBecomeSnapshot() {
    Progress progress = progress(ProgressState.PROBE, 1, 5);
    progress.becomeSnapshot(10);
    assertThat(progress.state).isEqualTo(ProgressState.SNAPSHOT);
    assertThat(progress.match).isEqualTo(1);
    assertThat(progress.next).isEqualTo(11);
    assertThat(progress.pendingSnapshot).isEqualTo(10);
    // The snapshot tells its commit index itself.
    assertThat(progress.canBumpCommit(10)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"2, false, 3, 5", "3, false, 3, 5", "4, true, 4, 5", "6, true, 6, 7"})
  void progressUpdate(long index, boolean news, long match, long next) {
    Progress progress = progress(ProgressState.PROBE, 3, 5);
    assertThat(progress.maybeUpdate(index)).isEqualTo(news);
    assertThat(progress.match).isEqualTo(match);
    assertThat(progress.next).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    // state, match, next, rejected, hint, accepted, new next
    "REPLICATE, 5, 10, 5, 5, false, 10",
    "REPLICATE, 5, 10, 4, 4, false, 10",
    "REPLICATE, 5, 10, 9, 9, true, 6",
    "PROBE, 0, 0, 0, 0, false, 0",
    "PROBE, 0, 10, 5, 5, false, 10",
    "PROBE, 0, 10, 9, 9, true, 9",
    "PROBE, 0, 2, 1, 1, true, 1",
    "PROBE, 0, 1, 0, 0, true, 1",
    "PROBE, 0, 10, 9, 2, true, 3",
    "PROBE, 0, 10, 9, 0, true, 1",
    "PROBE, 4, 10, 9, 1, true, 5",
  })
  void progressMaybeDecr(
      ProgressState state,
      long match,
      long next,
      long rejected,
      long hint,
      boolean accepted,
      long expected) {
    Progress progress = progress(state, match, next);
    progress.sentCommit(20);
    assertThat(progress.maybeDecrease(rejected, hint)).isEqualTo(accepted);
    assertThat(progress.next).isEqualTo(expected);
    // What was sent may be lost: a commit index above next - 1 is to be told again.
    assertThat(progress.canBumpCommit(20)).isFalse();
    progress.next = 30;
    assertThat(progress.canBumpCommit(20)).isEqualTo(accepted);
    assertThat(progress.canBumpCommit(expected)).isEqualTo(accepted);
    assertThat(progress.canBumpCommit(expected - 1)).isFalse();
  }

  @Test
  void acknowledgementsBelowARequestedSnapshotDoNotEndTheRequest() {
    Progress progress = progress(ProgressState.PROBE, 3, 5);
    progress.requestedSnapshot = 11;
    progress.maybeUpdate(10);
    assertThat(progress.requestedSnapshot).isEqualTo(11);
    progress.maybeUpdate(11);
    assertThat(progress.requestedSnapshot).isZero();
  }

  @Test
  void progressOfANewLeaderItself() {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = cluster.node(1);
    node.campaign();
    cluster.persist(1);
    node.step(Wire.voted(2, 1, true));
    // Before anything of this office is durable.
    assertThat(node.isLeader()).isTrue();
    assertThat(cluster.peer(1, 1).state).isEqualTo(ProgressState.REPLICATE);
    assertThat(cluster.peer(1, 1).recentActive).isTrue();
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.PROBE);
  }

  @ParameterizedTest
  @CsvSource({
    "PROBE, false, false, false",
    "PROBE, true, false, true",
    "REPLICATE, false, false, false",
    "REPLICATE, true, false, false",
    "REPLICATE, true, true, true",
    "REPLICATE, false, true, false",
    "SNAPSHOT, false, false, true",
    "SNAPSHOT, true, false, true"
  })
  void progressIsPaused(ProgressState state, boolean flag, boolean full, boolean paused) {
    Progress progress = new Progress(2, 1, false, new Inflights(1, RaftConfig.NO_LIMIT));
    progress.state = state;
    progress.flowPaused = flag;
    if (full) {
      progress.inflights.add(1, 1);
    }
    assertThat(progress.isPaused()).isEqualTo(paused);
  }

  @Test
  void progressResume() {
    Progress progress = progress(ProgressState.PROBE, 0, 2);
    progress.flowPaused = true;
    progress.maybeDecrease(1, 1);
    assertThat(progress.flowPaused).isFalse();
    progress.flowPaused = true;
    progress.maybeUpdate(2);
    assertThat(progress.flowPaused).isFalse();
  }

  @Test
  void progressResumeByHeartbeatResp() {
    TestCluster cluster = TestCluster.of(2);
    RawNode leader = cluster.lead(1);
    Progress peer = cluster.peer(1, 2);
    peer.flowPaused = true;
    cluster.tick(1, 1);
    assertThat(peer.flowPaused).isTrue();
    peer.becomeReplicate();
    peer.flowPaused = true;
    leader.step(Wire.alive(2, leader.term()));
    assertThat(peer.flowPaused).isFalse();
  }

  @Test
  void progressPaused() {
    TestCluster cluster = TestCluster.of(2);
    cluster.lead(1);
    cluster.peer(1, 2).becomeProbe();
    for (int i = 0; i < 3; i++) {
      cluster.propose(1, "x");
    }
    cluster.persist(1);
    assertThat(cluster.takeSent(MsgType.APPEND)).hasSize(1);
  }

  @Test
  void progressLeader() {
    TestCluster cluster = TestCluster.of(2);
    RawNode leader = cluster.lead(1);
    Progress self = cluster.peer(1, 1);
    for (int i = 0; i < 5; i++) {
      assertThat(self.state).isEqualTo(ProgressState.REPLICATE);
      assertThat(self.match).isEqualTo(i + 1);
      assertThat(self.next).isEqualTo(self.match + 1);
      cluster.propose(1, "x");
      // Counts once it is durable and not before.
      assertThat(self.match).isEqualTo(i + 1);
      cluster.persist(1);
    }
    assertThat(leader.committed()).isZero();
  }

  private static Inflights window(int from, int to) {
    Inflights window = new Inflights(10, RaftConfig.NO_LIMIT);
    for (int i = from; i < to; i++) {
      window.add(i, 100 + i);
    }
    return window;
  }

  @Test
  void inflightAdd() {
    Inflights window = window(0, 5);
    assertThat(window.count()).isEqualTo(5);
    assertThat(window.bytes()).isEqualTo(510);
    for (int i = 5; i < 10; i++) {
      assertThat(window.isFull()).isFalse();
      window.add(i, 100 + i);
    }
    assertThat(window.isFull()).isTrue();
    assertThatThrownBy(() -> window.add(10, 1)).isInstanceOf(AssertionError.class);
    // Turning over: the ring starts in its middle and ends before it.
    window.freeTo(4);
    for (int i = 10; i < 15; i++) {
      window.add(i, 100 + i);
    }
    assertThat(window.isFull()).isTrue();
    for (int i = 5; i < 15; i++) {
      window.freeTo(i);
      assertThat(window.count()).isEqualTo(14 - i);
    }
    assertThat(window.bytes()).isZero();
  }

  @Test
  void inflightFreeTo() {
    Inflights window = window(0, 10);
    window.freeTo(0);
    assertThat(window.count()).isEqualTo(9);
    window.freeTo(4);
    assertThat(window.count()).isEqualTo(5);
    assertThat(window.bytes()).isEqualTo(105 + 106 + 107 + 108 + 109);
    window.freeTo(3);
    assertThat(window.count()).isEqualTo(5);
    for (int i = 10; i < 15; i++) {
      window.add(i, 100 + i);
    }
    window.freeTo(12);
    assertThat(window.count()).isEqualTo(2);
    window.freeTo(99);
    assertThat(window.count()).isZero();
    assertThat(window.bytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100, 0, 0, false",
    "2, 100, 100, 0, true",
    "3, 100, 1, 1, false",
    "1, 1000, 10, 0, true",
    "0, 1000, 99, 0, false"
  })
  void inflightsFull(int more, long size, long bytesMax, int freed, boolean full) {
    Inflights window = new Inflights(bytesMax == 100 ? 2 : 4, bytesMax == 0 ? 1000 : 50 * bytesMax);
    for (int i = 0; i < more; i++) {
      if (!window.isFull()) {
        window.add(i, size);
      }
    }
    window.freeTo(freed - 1);
    assertThat(window.isFull()).isEqualTo(full);
  }

  @Test
  void inflightsReset() {
    Inflights window = new Inflights(100, 1000);
    window.add(1, 1000);
    assertThat(window.isFull()).isTrue();
    window.reset();
    assertThat(window.count()).isZero();
    assertThat(window.bytes()).isZero();
    assertThat(window.isFull()).isFalse();
    for (int i = 0; i < 100; i++) {
      window.add(i, 9);
    }
    assertThat(window.isFull()).isTrue();
    window.reset();
    window.add(7, 1);
    assertThat(window.toString()).isEqualTo("1 in flight of [7]");
  }
}
