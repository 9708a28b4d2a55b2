package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Items 215, 218 and 219 of SCENARIOS.md, and what idle groups cost. */
class CrashScenarioTest {
  /** A little life of a group; 1 crashes before the step of this number, if it gets there. */
  private static TestCluster live(int crashStep) {
    TestCluster cluster = TestCluster.of(3, each -> each.preVote(true).checkQuorum(true));
    cluster.crashBefore(1, crashStep);
    campaign(cluster, 1);
    cluster.propose(1, "a");
    cluster.settle();
    campaign(cluster, 2);
    cluster.propose(2, "b");
    cluster.settle();
    campaign(cluster, 1);
    cluster.node(1).proposeBatch(List.of(Payload.ofUtf8("c"), Payload.ofUtf8("d")));
    cluster.settle();
    return cluster;
  }

  private static void campaign(TestCluster cluster, long id) {
    for (long other = 1; other <= 3; other++) {
      cluster.node(other).forgetLeader();
    }
    cluster.node(id).campaign();
    cluster.settle();
  }

  @Test
  void crashBetweenEveryPairOfSteps() {
    int steps = live(Integer.MAX_VALUE).steps();
    assertThat(steps).isGreaterThan(40);
    for (int step = 1; step <= steps; step++) {
      TestCluster cluster = live(step);
      // What was committed anywhere stays, and the group goes on.
      for (int i = 0; i < 2; i++) {
        // Whoever has the longer log has to win first.
        campaign(cluster, 2);
        cluster.pass(2, 1);
        campaign(cluster, 1);
      }
      assertThat(cluster.node(1).isLeader()).as("after a crash before step " + step).isTrue();
      cluster.propose(1, "end");
      cluster.settle();
      cluster.pass(1, 2);
      for (long id = 1; id <= 3; id++) {
        assertThat(cluster.node(id).applied()).isEqualTo(cluster.node(1).lastIndex());
        assertThat(Wire.terms(cluster.node(id))).isEqualTo(Wire.terms(cluster.node(1)));
      }
      cluster.acknowledged.forEach(
          (index, entry) ->
              assertThat(cluster.node(1).entries(index, index + 1, RaftConfig.NO_LIMIT))
                  .isEqualTo(EntryList.of(entry)));
    }
  }

  @Test
  void lostSnapshotStatus() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.disk(1).createSnapshot(2, cluster.node(1).confState());
    cluster.disk(1).compact(2);
    cluster.drop(m -> m.type() == MsgType.SNAPSHOT);
    cluster.pass(1, 5);
    assertThat(cluster.peer(1, 3).state).isEqualTo(ProgressState.SNAPSHOT);
    cluster.heal();
    // Neither an answer nor a report: nothing resumes the peer, however long it takes.
    cluster.pass(1, 30);
    assertThat(cluster.node(3).lastIndex()).isEqualTo(1);
    // So whoever sends must report the end of its patience as a failure.
    cluster.node(1).reportSnapshot(3, false);
    cluster.pass(1, 2);
    assertThat(cluster.node(3).applied()).isEqualTo(2);
  }

  @Test
  void idleProbeIsEndedByAHeartbeat() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.node(1).reportUnreachable(2);
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.PROBE);
    cluster.pass(1, 1);
    assertThat(cluster.peer(1, 2).state).isEqualTo(ProgressState.REPLICATE);
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  @Test
  void idleGroupsAllocateNothing() {
    List<RawNode> groups = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      RingStorage disk = new RingStorage(2, 1, 2, 3);
      RawNode node = new RawNode(TestCluster.config(1).electionTicks(1000).build(), disk);
      node.step(Wire.heartbeat(2, 1, 0));
      Ready ready = node.ready();
      disk.write(ready);
      node.advance(ready);
      groups.add(node);
    }
    long before = allocated();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < groups.size(); i++) {
        assert !groups.get(i).tick();
      }
    }
    // Less than a byte a group: nothing but noise of the measurement.
    assertThat(allocated() - before).isLessThan(10_000);
  }

  private static WeakReference<byte[]> proposeAndCompact(TestCluster cluster) {
    byte[] bytes = new byte[1000];
    cluster.node(1).propose(Payload.of(bytes));
    cluster.settle();
    for (long id = 1; id <= 2; id++) {
      cluster.node(id).tick();
      cluster.disk(id).compact(2);
    }
    cluster.lose();
    return new WeakReference<>(bytes);
  }

  @Test
  void idleGroupsKeepNoEntries() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    WeakReference<byte[]> entry = proposeAndCompact(cluster);
    assertThat(cluster.node(2).applied()).isEqualTo(2);
    for (long id = 1; id <= 2; id++) {
      // The last Ready is filled anew by the next.
      cluster.node(id).ready();
    }
    cluster.acknowledged.clear();
    System.gc();
    assertThat(entry.get()).isNull();
  }
}
