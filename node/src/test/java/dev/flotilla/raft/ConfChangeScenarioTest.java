package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items 141 to 148 and 217 of SCENARIOS.md: members come and go. */
class ConfChangeScenarioTest {
  private static Entry at(RawNode node, long index) {
    EntryList entries = node.entries(index, index + 1, RaftConfig.NO_LIMIT);
    assertThat(entries).isNotNull();
    return entries == null ? Wire.entry(0, 0) : entries.first();
  }

  @Test
  void stepConfig() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    assertThat(cluster.node(1).pendingConfIndex()).isZero();
    cluster.changeMembers(1, "v3");
    assertThat(cluster.node(1).lastIndex()).isEqualTo(2);
    assertThat(cluster.node(1).pendingConfIndex()).isEqualTo(2);
    assertThat(at(cluster.node(1), 2).type()).isEqualTo(EntryType.CONF_CHANGE_V2);
  }

  @Test
  void stepIgnoreConfig() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    cluster.changeMembers(1, "v3");
    cluster.changeMembers(1, "v4");
    assertThat(at(cluster.node(1), 3)).isEqualTo(Entry.normal(1, 3, Payload.EMPTY));
    assertThat(cluster.node(1).pendingConfIndex()).isEqualTo(2);
    // Both in one proposal of a follower: the first counts.
    TestCluster other = TestCluster.of(2).elect(1);
    Payload data =
        new TextConfChangeCodec()
            .encode(new ConfChange.V1(ConfChange.Type.ADD_NODE, 9, Payload.EMPTY));
    Entry change = new Entry(0, 0, EntryType.CONF_CHANGE, data, Payload.EMPTY);
    other
        .node(1)
        .step(
            Message.builder(MsgType.PROPOSE)
                .from(2)
                .to(1)
                .entries(EntryList.of(Wire.entry(0, 0), change, change))
                .build());
    assertThat(other.node(1).pendingConfIndex()).isEqualTo(3);
    assertThat(at(other.node(1), 3).type()).isEqualTo(EntryType.CONF_CHANGE);
    assertThat(at(other.node(1), 4).type()).isEqualTo(EntryType.NORMAL);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void newLeaderPendingConfig(boolean entry) {
    TestCluster cluster =
        TestCluster.ofLogs(each -> each, entry ? new long[] {1} : new long[0], new long[0]);
    RawNode node = cluster.lead(1);
    assertThat(node.pendingConfIndex()).isEqualTo(entry ? 1 : 0);
  }

  private static ConfState apply(RawNode node, ConfChange.Type type, long id) {
    return node.applyConfChange(new ConfChange.V1(type, id, Payload.EMPTY));
  }

  @Test
  void addNode() {
    RawNode node = TestCluster.of(1).elect(1).node(1);
    assertThat(apply(node, ConfChange.Type.ADD_NODE, 2)).isEqualTo(ConfState.ofVoters(1, 2));
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1, 2));
    assertThat(apply(node, ConfChange.Type.ADD_NODE, 2)).isEqualTo(ConfState.ofVoters(1, 2));
    assertThat(apply(node, ConfChange.Type.UPDATE_NODE, 2)).isEqualTo(ConfState.ofVoters(1, 2));
  }

  @Test
  void removeNode() {
    RawNode node = TestCluster.of(2).elect(1).node(1);
    assertThat(apply(node, ConfChange.Type.REMOVE_NODE, 2)).isEqualTo(ConfState.ofVoters(1));
    assertThat(apply(node, ConfChange.Type.REMOVE_NODE, 2)).isEqualTo(ConfState.ofVoters(1));
    assertThatThrownBy(() -> apply(node, ConfChange.Type.REMOVE_NODE, 1))
        .isInstanceOf(InvalidConfChangeException.class)
        .hasMessage("removed all voters");
    assertThat(node.confState()).isEqualTo(ConfState.ofVoters(1));
  }

  @Test
  void raftNodes() {
    RawNode node = new RawNode(TestCluster.config(1).build(), MemStorage.ofVoters(3, 2, 1, 2));
    assertThat(node.confState().voters().toArray()).containsExactly(1, 2, 3);
    StringBuilder seen = new StringBuilder();
    ProgressVisitor visitor =
        (id, match, next, state, active, pending, learner) ->
            seen.append(id)
                .append(' ')
                .append(match)
                .append(' ')
                .append(next)
                .append(' ')
                .append(state)
                .append(active)
                .append(pending)
                .append(learner)
                .append(';');
    node.forEachProgress(visitor);
    assertThat(seen).isEmpty();
    TestCluster.of(2).elect(1).node(1).forEachProgress(visitor);
    assertThat(seen).hasToString("1 1 2 REPLICATEtrue0false;2 1 2 REPLICATEtrue0false;");
  }

  @Test
  void removeNodeItself() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    apply(cluster.node(1), ConfChange.Type.ADD_LEARNER_NODE, 2);
    assertThatThrownBy(() -> apply(cluster.node(1), ConfChange.Type.REMOVE_NODE, 1))
        .isInstanceOf(InvalidConfChangeException.class);
    assertThat(cluster.node(1).confState()).isEqualTo(ConfState.of(IdSet.of(1), IdSet.of(2)));
    assertThatThrownBy(() -> apply(cluster.node(1), ConfChange.Type.ADD_LEARNER_NODE, 1))
        .isInstanceOf(InvalidConfChangeException.class);
  }

  @Test
  void addLearner() {
    RawNode node = TestCluster.of(1).elect(1).node(1);
    ConfState expected = ConfState.of(IdSet.of(1), IdSet.of(2));
    assertThat(apply(node, ConfChange.Type.ADD_LEARNER_NODE, 2)).isEqualTo(expected);
    assertThat(node.raft().tracker.isVoter(2)).isFalse();
    // What is known of a peer survives its promotion and its demotion.
    node.step(Wire.ack(2, 1, 1));
    apply(node, ConfChange.Type.ADD_NODE, 2);
    apply(node, ConfChange.Type.ADD_LEARNER_NODE, 2);
    assertThat(node.raft().tracker.at(1).match).isEqualTo(1);
  }

  @Test
  void removeLearner() {
    RawNode node = TestCluster.of(1).elect(1).node(1);
    apply(node, ConfChange.Type.ADD_LEARNER_NODE, 2);
    assertThat(apply(node, ConfChange.Type.REMOVE_NODE, 2)).isEqualTo(ConfState.ofVoters(1));
    assertThat(node.raft().tracker.size()).isEqualTo(1);
  }

  @Test
  void aPeerThatIsRemovedAndAddedAgainStartsOver() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    apply(node, ConfChange.Type.ADD_LEARNER_NODE, 2);
    node.step(Wire.ack(2, 1, 1));
    node.applyConfChange(
        new ConfChange.V2(
            ConfChange.Transition.JOINT_EXPLICIT,
            TextConfChangeCodec.parse("r2 l2"),
            Payload.EMPTY));
    assertThat(cluster.peer(1, 2).match).isZero();
    // An outgoing voter is not gone before the joint configuration is left.
    TestCluster two = TestCluster.of(2).elect(1);
    two.node(1)
        .applyConfChange(
            new ConfChange.V2(
                ConfChange.Transition.JOINT_EXPLICIT,
                TextConfChangeCodec.parse("r2 v2"),
                Payload.EMPTY));
    assertThat(two.peer(1, 2).match).isEqualTo(1);
  }

  private static IdSet subset(Random random, int from, int to) {
    IdSet ids = IdSet.EMPTY;
    for (int id = from; id < to; id++) {
      ids = random.nextBoolean() ? ids.with(id) : ids;
    }
    return ids;
  }

  @Test
  void confchangeRestore() {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      IdSet voters = subset(random, 1, 6).with(random.nextInt(5) + 1);
      IdSet outgoing = random.nextBoolean() ? subset(random, 1, 10).with(6) : IdSet.EMPTY;
      IdSet next = IdSet.EMPTY;
      for (int k = 0; k < outgoing.size(); k++) {
        long id = outgoing.get(k);
        next = !voters.contains(id) && random.nextBoolean() ? next.with(id) : next;
      }
      boolean autoLeave = !outgoing.isEmpty() && random.nextBoolean();
      ConfState state = new ConfState(voters, subset(random, 10, 13), outgoing, next, autoLeave);
      MemStorage disk = new MemStorage();
      disk.setConfState(state);
      RawNode node = new RawNode(TestCluster.config(1).build(), disk);
      assertThat(node.confState()).isEqualTo(state);
      assertThat(node.raft().tracker.size())
          .isEqualTo(voters.union(outgoing).union(state.learners()).size());
    }
  }

  @Test
  void inconsistentMembershipIsRefused() {
    IdSet one = IdSet.of(1);
    IdSet two = IdSet.of(2);
    for (ConfState state :
        List.of(
            ConfState.of(one, one),
            new ConfState(one, two, two, IdSet.EMPTY, false),
            new ConfState(one, IdSet.EMPTY, two, IdSet.of(3), false),
            new ConfState(one, IdSet.EMPTY, IdSet.EMPTY, two, false),
            new ConfState(one, IdSet.EMPTY, IdSet.EMPTY, IdSet.EMPTY, true))) {
      assertThatThrownBy(() -> ConfChanger.checkConsistent(state))
          .isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void quickCheckJointEqualsSimple() {
    Random random = new Random(12);
    for (int i = 0; i < 500; i++) {
      ConfState start = ConfState.ofVoters(1, 2);
      StringBuilder changes = new StringBuilder();
      for (int k = random.nextInt(5); k >= 0; k--) {
        changes.append("vlru".charAt(random.nextInt(4))).append(2 + random.nextInt(5)).append(' ');
      }
      List<ConfChange.Single> list = TextConfChangeCodec.parse(changes.toString().trim());
      ConfState simple = start;
      for (ConfChange.Single each : list) {
        simple = ConfChanger.simple(simple, List.of(each));
      }
      ConfState joint = ConfChanger.enterJoint(start, random.nextBoolean(), list);
      assertThat(ConfChanger.leaveJoint(joint)).as(changes.toString()).isEqualTo(simple);
    }
  }

  /**
   * 4 voters, of whom 4 is removed; only the leader knows it committed, and dies. The others have
   * the entry but not the word: of the four, two can be reached.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void demotionLiveness(boolean commitByVote) {
    TestCluster cluster = TestCluster.of(4, each -> each.commitByVote(commitByVote)).elect(1);
    cluster.changeMembers(1, "r4");
    // 2 hears of the commit; 3 has the entry only, and a log as good as 2's.
    cluster.drop(m -> m.to() == 4 || m.from() == 4 || (m.to() == 3 && m.commit() >= 2));
    cluster.settle();
    assertThat(cluster.node(2).confState()).isEqualTo(ConfState.ofVoters(1, 2, 3));
    assertThat(cluster.node(3).confState()).isEqualTo(ConfState.ofVoters(1, 2, 3, 4));
    cluster.nodes.remove(1L);
    cluster.nodes.remove(4L);
    cluster.drop(m -> m.to() == 3 && m.type() == MsgType.APPEND);
    // 3 needs three of four; the refusal of 2, whose priority is higher, tells the commit.
    cluster.node(2).setPriority(5);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).confState().voters().size()).isEqualTo(commitByVote ? 3 : 4);
    cluster.node(2).setPriority(0);
    cluster.node(3).campaign();
    cluster.settle();
    assertThat(cluster.node(3).isLeader()).isEqualTo(commitByVote);
  }
}
