package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 62 to 71 of SCENARIOS.md: leases of voters, and leaders without a quorum. */
class CheckQuorumScenarioTest {
  private static TestCluster of(int size) {
    return TestCluster.of(size, each -> each.checkQuorum(true));
  }

  @Test
  void leaderStepdownWhenQuorumActive() {
    TestCluster cluster = of(3);
    RawNode leader = cluster.lead(1);
    for (int i = 0; i < 31; i++) {
      leader.step(Wire.alive(2, 1));
      leader.tick();
    }
    assertThat(leader.isLeader()).isTrue();
  }

  @Test
  void leaderStepdownWhenQuorumLost() {
    TestCluster cluster = of(3);
    RawNode leader = cluster.lead(1);
    cluster.tick(1, 9);
    assertThat(leader.isLeader()).isTrue();
    cluster.tick(1, 1);
    assertThat(leader.isLeader()).isFalse();
    assertThat(leader.term()).isEqualTo(1);
    assertThat(leader.leaderId()).isZero();
  }

  @Test
  void officeBeginsWithAWholeTimeout() {
    TestCluster cluster = of(3);
    RawNode node = cluster.node(1);
    node.campaign();
    cluster.persist(1);
    // Votes that come late leave no less time to be heard in.
    cluster.tick(1, 5);
    node.step(Wire.voted(2, 1, true));
    assertThat(node.isLeader()).isTrue();
    cluster.tick(1, 9);
    assertThat(node.isLeader()).isTrue();
    cluster.tick(1, 1);
    assertThat(node.isLeader()).isFalse();
  }

  @Test
  void leaderSupersedingWithCheckQuorum() {
    TestCluster cluster = of(3);
    cluster.tick(2, 9);
    cluster.elect(1);
    cluster.node(3).campaign();
    cluster.settle();
    // 2 has heard the leader just now.
    assertThat(cluster.node(3).role()).isEqualTo(Role.CANDIDATE);
    assertThat(cluster.node(2).term()).isEqualTo(1);
    cluster.tick(2, 9);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).isLeader()).isFalse();
    cluster.node(2).raft().electionTimeout = 20;
    cluster.tick(2, 1);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).isLeader()).isTrue();
  }

  @Test
  void leaderElectionWithCheckQuorum() {
    // Who has heard no leader yet votes at once.
    TestCluster cluster = of(3).elect(1);
    assertThat(cluster.node(3).role()).isEqualTo(Role.FOLLOWER);
    cluster.node(2).raft().electionTimeout = 19;
    cluster.node(1).raft().electionTimeout = 19;
    for (int i = 0; i < 10; i++) {
      cluster.tick(1, 1);
      cluster.tick(2, 1);
      cluster.persist(1);
      cluster.lose();
    }
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(1).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(3).isLeader()).isTrue();
  }

  @Test
  void freeStuckCandidateWithCheckQuorum() {
    TestCluster cluster = of(3).elect(1);
    cluster.isolate(1);
    cluster.node(3).campaign();
    cluster.settle();
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(2).term()).isEqualTo(1);
    assertThat(cluster.node(3).term()).isEqualTo(3);
    cluster.heal();
    // The heartbeat of an old leader is answered, or nobody would ever hear of term 3.
    cluster.pass(1, 1);
    assertThat(cluster.node(1).role()).isEqualTo(Role.FOLLOWER);
    assertThat(cluster.node(1).term()).isEqualTo(3);
    cluster.elect(3);
  }

  @Test
  void nonPromotableVoterWithCheckQuorum() {
    TestCluster cluster = of(2);
    MemStorage disk = MemStorage.ofVoters(1);
    RawNode stranger = cluster.add(2, disk);
    assertThat(stranger.promotable()).isFalse();
    cluster.tick(2, 30);
    cluster.elect(1);
    assertThat(stranger.role()).isEqualTo(Role.FOLLOWER);
    assertThat(stranger.leaderId()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void disruptiveFollower(boolean preVote) {
    TestCluster cluster =
        TestCluster.of(3, each -> each.checkQuorum(true).preVote(preVote)).elect(1);
    cluster.isolate(3);
    cluster.tick(3, 10);
    cluster.settle();
    assertThat(cluster.node(3).role()).isEqualTo(preVote ? Role.PRE_CANDIDATE : Role.CANDIDATE);
    cluster.heal();
    cluster.pass(1, 1);
    assertThat(cluster.node(1).isLeader()).isEqualTo(preVote);
    assertThat(cluster.node(1).term()).isEqualTo(preVote ? 1 : 2);
    assertThat(cluster.node(3).role()).isEqualTo(preVote ? Role.FOLLOWER : Role.CANDIDATE);
  }

  @Test
  void addNodeCheckQuorum() {
    TestCluster cluster = of(1).elect(1);
    cluster.tick(1, 9);
    cluster.changeMembers(1, "v2");
    cluster.settle();
    // Were the new voter not taken for active, this check would depose the leader.
    cluster.tick(1, 1);
    assertThat(cluster.node(1).isLeader()).isTrue();
    cluster.tick(1, 9);
    assertThat(cluster.node(1).isLeader()).isTrue();
    cluster.tick(1, 1);
    assertThat(cluster.node(1).isLeader()).isFalse();
  }

  @Test
  void learnersKeepNoLeaderInOffice() {
    TestCluster cluster = of(2).elect(1);
    cluster.changeMembers(1, "l3");
    cluster.settle();
    for (int i = 0; i < 21; i++) {
      cluster.node(1).step(Wire.alive(3, 1));
      cluster.tick(1, 1);
    }
    assertThat(cluster.node(1).isLeader()).isFalse();
  }
}
