package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commits that hang on the leader's own write, and changes that are refused. */
class LeaderCommitTest {
  @Test
  void soleVoterCommitsByItsOwnWriteAlone() {
    TestCluster cluster = TestCluster.of(1, each -> each.skipBcastCommit(true)).elect(1);
    cluster.propose(1, "a");
    assertThat(cluster.node(1).committed()).isEqualTo(1);
    cluster.settle();
    assertThat(cluster.node(1).applied()).isEqualTo(2);
    assertThat(cluster.node(1).hasReady()).isFalse();
  }

  @Test
  void ownWriteThatComesLastCommitsAndTells() {
    for (boolean change : new boolean[] {false, true}) {
      TestCluster cluster = TestCluster.of(2, each -> each.skipBcastCommit(true)).elect(1);
      RawNode leader = cluster.node(1);
      cluster.tick(1, 1);
      cluster.settle();
      if (change) {
        cluster.changeMembers(1, "l9");
      } else {
        cluster.propose(1, "a");
      }
      Ready ready = leader.ready();
      cluster.disk(1).write(ready);
      leader.step(Wire.ack(2, 1, 2));
      assertThat(leader.committed()).isEqualTo(1);
      leader.advance(ready);
      assertThat(leader.committed()).isEqualTo(2);
      // A pending change is told at once, commands are not.
      assertThat(leader.ready().messages()).hasSize(change ? 1 : 0);
    }
  }

  @Test
  void eachOwnAcknowledgementIsToldByItself() {
    TestCluster cluster = TestCluster.of(2).elect(1);
    RawNode leader = cluster.node(1);
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    Ready ready = leader.ready();
    cluster.disk(1).write(ready);
    leader.step(Wire.ack(2, 1, 3));
    leader.advance(ready);
    assertThat(leader.ready().messages()).extracting(Message::commit).containsExactly(2L, 3L);
  }

  @Test
  void onlyVotersOfTheTimeCountAndOnlyOnce() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    cluster.isolate(1);
    cluster.propose(1, "a");
    cluster.persist(1);
    for (int i = 0; i < 3; i++) {
      cluster.node(1).step(Wire.ack(1, 1, 2));
    }
    assertThat(cluster.node(1).committed()).isEqualTo(1);
  }

  @Test
  void changesThatDoNotFitAreRefused() {
    List<ConfChange.Single> one = TextConfChangeCodec.parse("v2");
    ConfState plain = ConfState.ofVoters(1);
    ConfState joint = ConfChanger.enterJoint(plain, false, one);
    refused(() -> ConfChanger.simple(joint, one), "can't apply simple config change in joint");
    refused(() -> ConfChanger.enterJoint(joint, false, one), "config is already joint");
    refused(() -> ConfChanger.leaveJoint(plain), "can't leave a non-joint config");
    refused(
        () -> ConfChanger.enterJoint(ConfState.EMPTY, false, one),
        "can't make a zero-voter config joint");
    refused(
        () -> ConfChanger.simple(plain, TextConfChangeCodec.parse("v2 v3")),
        "more than one voter changed without entering joint config");
  }

  private static void refused(Runnable change, String reason) {
    assertThatThrownBy(change::run)
        .isInstanceOf(InvalidConfChangeException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void changesOfRolesThatCannotBeAreFaults() {
    TestCluster cluster = TestCluster.of(1);
    Raft raft = cluster.node(1).raft();
    assertThatThrownBy(() -> raft.proposals.propose(EntryList.EMPTY))
        .isInstanceOf(AssertionError.class);
    cluster.elect(1);
    assertThatThrownBy(() -> cluster.node(1).advanceApplyTo(9)).isInstanceOf(AssertionError.class);
  }

  @Test
  void regainedOfficeStartsTheCountOfBytesAnew() {
    TestCluster cluster = TestCluster.of(3, each -> each.uncommittedBytesMax(10)).elect(1);
    cluster.isolate(1);
    cluster.propose(1, "0123456789");
    assertThat(cluster.propose(1, "x")).isEqualTo(StepResult.PROPOSAL_DROPPED);
    cluster.settle();
    cluster.node(1).step(Wire.heartbeat(2, 5, 0));
    RawNode leader = cluster.lead(1);
    assertThat(leader.term()).isEqualTo(6);
    assertThat(cluster.propose(1, "0123456789")).isEqualTo(StepResult.OK);
  }

  @Test
  void leasesTellHowLongTheyLast() {
    List<String> lines = new ArrayList<>();
    RaftLogger logger =
        new RaftLogger() {
          @Override
          public boolean isEnabled(Level level) {
            return true;
          }

          @Override
          public void log(Level level, String text) {
            lines.add(text);
          }
        };
    TestCluster cluster = TestCluster.of(3, each -> each.checkQuorum(true).logger(logger)).elect(1);
    cluster.tick(2, 3);
    Message vote = Message.builder(MsgType.VOTE).from(3).to(2).term(9).index(4).build();
    cluster.node(2).step(vote);
    assertThat(lines)
        .last()
        .asString()
        .endsWith("at term 1: lease is not expired (remaining ticks: 7)");
  }

  @Test
  void readysAreNumbered() {
    TestCluster cluster = TestCluster.of(1);
    RawNode node = cluster.node(1);
    for (long number = 1; number <= 3; number++) {
      Ready ready = node.ready();
      assertThat(ready.number()).isEqualTo(number);
      assertThat(ready.hardStateChanged()).isFalse();
      node.advance(ready);
    }
  }

  @Test
  void tickTellsWhetherThereIsSomethingToDo() {
    RawNode node = TestCluster.of(1).node(1);
    for (int i = 0; i < 9; i++) {
      assertThat(node.tick()).isFalse();
    }
    assertThat(node.tick()).isTrue();
  }

  @Test
  void followersMayBeToldWhatTheyRefuse() {
    TestCluster cluster = TestCluster.of(3, each -> each.proposalForwarding(false));
    assertThat(cluster.node(1).proposeBatch(List.of(Payload.EMPTY)))
        .isEqualTo(StepResult.PROPOSAL_DROPPED);
    cluster.elect(1);
    assertThat(cluster.node(2).proposeBatch(List.of(Payload.EMPTY)))
        .isEqualTo(StepResult.PROPOSAL_DROPPED);
    assertThat(cluster.node(1).proposeBatch(List.of(Payload.EMPTY))).isEqualTo(StepResult.OK);
  }

  @Test
  void pausedWhileASnapshotIsAskedFor() {
    TestCluster cluster = TestCluster.of(2, each -> each.snapshotRequests(true)).elect(1);
    cluster.node(2).requestSnapshot();
    cluster.persist(2);
    cluster.lose();
    cluster
        .node(2)
        .step(
            Message.builder(MsgType.APPEND)
                .from(1)
                .to(2)
                .term(1)
                .logTerm(1)
                .index(1)
                .entries(Wire.entries(2, 1))
                .build());
    cluster.persist(2);
    assertThat(cluster.sent).singleElement().matches(m -> m.requestSnapshot() == 1);
    assertThat(cluster.node(2).lastIndex()).isEqualTo(1);
  }
}
