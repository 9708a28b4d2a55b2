package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Conf changes and leader transfer. */
class MembershipTest {
  @Test
  void pendingChangeIsJudgedByWhatIsApplied() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    cluster.changeMembers(1, "v2");
    Ready appended = node.ready();
    cluster.disk(1).write(appended);
    node.advance(appended);
    assertThat(node.committed()).isEqualTo(2);
    assertThat(node.pendingConfIndex()).isEqualTo(2);
    // Committed and not applied: the next one becomes empty.
    cluster.changeMembers(1, "v3");
    EntryList entries = node.entries(3, 4, RaftConfig.NO_LIMIT);
    assertThat(entries).isEqualTo(EntryList.of(Entry.normal(node.term(), 3, Payload.EMPTY)));
  }

  @Test
  void newLeaderAwaitsItsWholeLog() {
    TestCluster cluster = TestCluster.of(3);
    cluster.disk(1).append(EntryList.of(Entry.normal(1, 1, Payload.EMPTY)));
    cluster.add(1, cluster.disk(1));
    cluster.drop(message -> message.type() == MsgType.APPEND);
    cluster.elect(1);
    assertThat(cluster.node(1).pendingConfIndex()).isEqualTo(1);
  }

  @Test
  void smallerQuorumCommitsWhatWaited() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.changeMembers(1, "r2");
    // Peer 2 takes the change and nothing after it.
    cluster.drop(message -> !message.entries().isEmpty() && message.entries().last().index() > 2);
    cluster.propose(1, "waits");
    cluster.settle();
    assertThat(cluster.node(1).applied()).isEqualTo(3);
  }

  @Test
  void jointConfigurationIsLeftOnce() {
    // Page by page: there is much to apply after the change, and before the way out.
    TestCluster cluster = TestCluster.of(3, each -> each.committedBytesMax(1)).elect(1);
    cluster.changeMembers(1, "r3 l4");
    cluster.propose(1, "more");
    cluster.propose(1, "more");
    cluster.settle();
    assertThat(cluster.node(1).confState()).isEqualTo(ConfState.of(IdSet.of(1, 2), IdSet.of(4)));
    long last = cluster.node(1).lastIndex();
    assertThat(last).isEqualTo(5);
    cluster.propose(1, "more");
    cluster.settle();
    assertThat(cluster.node(1).lastIndex()).isEqualTo(last + 1);
  }

  @Test
  void invalidChangeIsRefusedAlike() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    ConfChange removal = new ConfChange.V1(ConfChange.Type.REMOVE_NODE, 1, Payload.EMPTY);
    assertThat(cluster.node(1).confChangeRefusal(removal)).isEqualTo("removed all voters");
    assertThatThrownBy(() -> cluster.node(1).applyConfChange(removal))
        .isInstanceOf(InvalidConfChangeException.class);
    assertThat(cluster.node(1).confState()).isEqualTo(ConfState.ofVoters(1));
  }

  @Test
  void removedLeaderStepsDownIfAsked() {
    TestCluster cluster = TestCluster.of(3, each -> each.stepDownOnRemoval(true)).elect(1);
    cluster.changeMembers(1, "r1");
    cluster.settle();
    assertThat(cluster.node(1).isLeader()).isFalse();
    assertThat(cluster.node(1).promotable()).isFalse();
    cluster.elect(2);
  }

  @Test
  void anyPathGivesAConsistentConfiguration() {
    Random random = new Random(7);
    for (int round = 0; round < 500; round++) {
      ConfState state = ConfState.ofVoters(1);
      for (int i = 0; i < 20; i++) {
        List<ConfChange.Single> changes = new ArrayList<>();
        for (int k = random.nextInt(4); k >= 0; k--) {
          ConfChange.Type[] types = ConfChange.Type.values();
          changes.add(
              new ConfChange.Single(types[random.nextInt(types.length)], random.nextInt(6)));
        }
        try {
          ConfState joint = ConfChanger.enterJoint(state, random.nextBoolean(), changes);
          assertThat(joint.votersOutgoing()).isEqualTo(state.voters());
          state = ConfChanger.leaveJoint(joint);
          assertThat(state.isJoint()).isFalse();
        } catch (InvalidConfChangeException refused) {
          assertThat(refused).hasMessage("removed all voters");
        }
      }
    }
  }

  @Test
  void transferWaitsForTheLogAndIgnoresLeases() {
    TestCluster cluster = TestCluster.of(3, each -> each.checkQuorum(true).preVote(true)).elect(1);
    cluster.isolate(2);
    cluster.propose(1, "a");
    cluster.settle();
    cluster.node(1).transferLeader(2);
    assertThat(cluster.propose(1, "refused")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    cluster.heal();
    cluster.tick(1, 1);
    cluster.settle();
    assertThat(cluster.node(2).isLeader()).isTrue();
    assertThat(cluster.node(3).leaderId()).isEqualTo(2);
  }

  @Test
  void transferHasADeadlineAndASecondRequestDoesNotMoveIt() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(3);
    cluster.node(1).transferLeader(3);
    cluster.tick(1, 6);
    cluster.node(1).transferLeader(3);
    cluster.tick(1, 4);
    assertThat(cluster.node(1).leadTransferee()).isZero();
    assertThat(cluster.propose(1, "again")).isEqualTo(StepResult.OK);
  }

  @Test
  void transferIsAbortedWhenItsTargetCannotLead() {
    for (String change : List.of("r3", "l3")) {
      TestCluster cluster = TestCluster.of(3).elect(1);
      cluster.changeMembers(1, change);
      cluster.drop(message -> message.type() == MsgType.TIMEOUT_NOW || message.to() == 3);
      cluster.node(1).transferLeader(3);
      assertThat(cluster.node(1).leadTransferee()).isEqualTo(3);
      cluster.settle();
      assertThat(cluster.node(1).leadTransferee()).as(change).isZero();
    }
  }

  @Test
  void transferToALearnerOrAStrangerDoesNothing() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.changeMembers(1, "l4");
    cluster.settle();
    for (long id : new long[] {1, 4, 77}) {
      cluster.node(1).transferLeader(id);
      assertThat(cluster.node(1).leadTransferee()).isZero();
    }
  }
}
