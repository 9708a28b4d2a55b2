package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Ready says, and in what order things may be reported. */
class ReadyTest {
  @Test
  void soleVoterCommitsOnlyWhatIsDurable() {
    TestCluster cluster = TestCluster.of(1).elect(1);
    RawNode node = cluster.node(1);
    cluster.propose(1, "a");
    Ready ready = node.ready();
    assertThat(ready.entries().size()).isEqualTo(1);
    assertThat(ready.committedEntries().isEmpty()).isTrue();
    assertThat(ready.mustSync()).isTrue();
    assertThat(node.committed()).isEqualTo(1);
    cluster.disk(1).write(ready);
    node.advanceAppend(ready);
    assertThat(node.committed()).isEqualTo(2);
    Ready next = node.ready();
    assertThat(next.number()).isEqualTo(ready.number());
    assertThat(next.committedEntries().last().index()).isEqualTo(2);
    assertThat(next.mustSync()).isFalse();
  }

  @Test
  void applyProgressIsReportedByIndexAndInPages() {
    TestCluster cluster = TestCluster.of(1, each -> each.committedBytesMax(30)).elect(1);
    RawNode node = cluster.node(1);
    for (int i = 0; i < 10; i++) {
      cluster.propose(1, "0123456789");
    }
    List<Long> handedOut = new ArrayList<>();
    long applied = node.applied();
    int passes = 0;
    while (applied < 11 && passes++ < 100) {
      while (node.hasReady()) {
        Ready ready = node.ready();
        assertThat(ready.committedEntries().encodedSize()).isLessThanOrEqualTo(30);
        ready.committedEntries().asList().forEach(entry -> handedOut.add(entry.index()));
        cluster.disk(1).write(ready);
        node.advanceAppend(ready);
      }
      applied++;
      node.advanceApplyTo(applied);
    }
    assertThat(handedOut).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    assertThat(node.applied()).isEqualTo(11);
    node.advanceApplyTo(3);
    assertThat(node.applied()).isEqualTo(11);
    assertThatThrownBy(() -> node.advanceApplyTo(12)).isInstanceOf(AssertionError.class);
  }

  @Test
  void snapshotGivesTheRoomOfPagesBeforeItBack() {
    TestCluster cluster = TestCluster.of(3, each -> each.committedBytesMax(20));
    RawNode node = cluster.node(1);
    Entry[] entries = new Entry[3];
    for (int i = 0; i < entries.length; i++) {
      // More than the limit each: a page that is out stops all others.
      entries[i] = Entry.normal(1, i + 1L, Payload.ofUtf8("0123456789 0123456789"));
    }
    node.step(
        Message.builder(MsgType.APPEND)
            .from(2)
            .to(1)
            .term(1)
            .entries(EntryList.of(entries))
            .commit(3)
            .build());
    persist(cluster, node);
    SnapshotMeta meta = new SnapshotMeta(9, 1, ConfState.ofVoters(1, 2, 3));
    node.step(
        Message.builder(MsgType.SNAPSHOT)
            .from(2)
            .to(1)
            .term(1)
            .snapshot(new Snapshot(meta, Payload.EMPTY))
            .build());
    persist(cluster, node);
    node.step(
        Message.builder(MsgType.APPEND)
            .from(2)
            .to(1)
            .term(1)
            .logTerm(1)
            .index(9)
            .entries(EntryList.of(Entry.normal(1, 10, Payload.EMPTY)))
            .commit(10)
            .build());
    assertThat(node.ready().committedEntries().last().index()).isEqualTo(10);
  }

  private static void persist(TestCluster cluster, RawNode node) {
    Ready ready = node.ready();
    cluster.disk(node.id()).write(ready);
    node.advanceAppend(ready);
  }

  @Test
  void twoReadysWithoutAnAdvanceAreRefused() {
    RawNode node = TestCluster.of(1).node(1);
    node.campaign();
    Ready ready = node.ready();
    assertThatThrownBy(node::ready).isInstanceOf(AssertionError.class);
    node.advance(ready);
    assertThatThrownBy(() -> node.advance(ready)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource({
    // what is asked, log term of it, answer, refused?
    "VOTE, 0, VOTE_RESPONSE, false", "PRE_VOTE, 0, PRE_VOTE_RESPONSE, false",
    "VOTE, -1, VOTE_RESPONSE, true", "PRE_VOTE, -1, PRE_VOTE_RESPONSE, true",
    "APPEND, 0, APPEND_RESPONSE, false", "APPEND, 1, APPEND_RESPONSE, true"
  })
  void promisesWaitForTheWrite(MsgType type, long logTerm, MsgType answer, boolean refused) {
    RawNode node = TestCluster.of(3).node(1);
    node.step(Wire.message(type, 2, 3).logTerm(logTerm).build());
    Ready ready = node.ready();
    assertThat(ready.messages()).isEmpty();
    // Refusals too rest on a term, or on a log, that is not durable.
    assertThat(ready.messagesAfterPersist())
        .singleElement()
        .matches(message -> message.type() == answer && message.reject() == refused);
    if (type == MsgType.VOTE) {
      assertThat(ready.hardState()).isEqualTo(new HardState(3, refused ? 0 : 2, 0));
      assertThat(ready.mustSync()).isTrue();
    }
  }

  @Test
  void refusedStabilityIsAttestedAgain() {
    TestCluster cluster = TestCluster.of(3);
    RawNode node = cluster.node(1);
    node.step(Wire.append(2, 1, 0, 0, 0, Wire.entries(1, 1)));
    Ready ready = node.ready();
    cluster.disk(1).write(ready);
    // A new term, in which nobody can say whether the slot was overwritten.
    node.step(Wire.heartbeat(3, 2, 0));
    node.advance(ready);
    assertThat(node.raft().log.unstable().size()).isEqualTo(1);
    // The next write attests the whole tail, or it would be unstable for ever.
    ready = node.ready();
    assertThat(ready.entries().isEmpty()).isTrue();
    node.advance(ready);
    assertThat(node.raft().log.unstable().size()).isZero();
  }

  @Test
  void asynchronousWritesAreAppliedOnlyWhenDurable() {
    TestCluster cluster = TestCluster.of(3, each -> each.asyncStorageWrites(true));
    RawNode node = cluster.node(1);
    Entry entry = Entry.normal(1, 1, Payload.ofUtf8("x"));
    node.step(
        Message.builder(MsgType.APPEND)
            .from(2)
            .to(1)
            .term(1)
            .entries(EntryList.of(entry))
            .commit(1)
            .build());
    Message work = node.ready().messages().get(0);
    assertThat(node.committed()).isEqualTo(1);
    assertThat(work.type()).isEqualTo(MsgType.STORAGE_APPEND);
    assertThat(node.hasReady()).isFalse();
    cluster.disk(1).append(work.entries());
    work.responses().stream().filter(each -> each.to() == 1).forEach(node::step);
    assertThat(node.ready().committedEntries().size()).isEqualTo(1);
  }

  @Test
  void oldStabilityIsNotTakenForNew() {
    // Index 1 is written in term 1, replaced in term 2, replaced again by an entry of term 1's.
    Unstable unstable = new Unstable(1, new LogTrace(RaftLogger.NONE));
    unstable.append(Entry.normal(1, 1, Payload.EMPTY));
    unstable.acceptInProgress();
    unstable.truncateAndAppend(EntryList.of(Entry.normal(2, 1, Payload.EMPTY)));
    assertThat(unstable.hasNextEntries()).isTrue();
    unstable.stableTo(1, 1);
    assertThat(unstable.size()).isEqualTo(1);

    RawNode node = TestCluster.of(3, each -> each.asyncStorageWrites(true)).node(1);
    Message first =
        Message.builder(MsgType.APPEND)
            .from(2)
            .to(1)
            .term(1)
            .entries(EntryList.of(Entry.normal(1, 1, Payload.EMPTY)))
            .build();
    node.step(first);
    Message attested = node.ready().messages().get(0).responses().get(1);
    node.step(Message.builder(MsgType.HEARTBEAT).from(3).to(1).term(2).build());
    node.step(attested);
    assertThat(node.raft().log.unstable().size()).isEqualTo(1);
  }

  @Test
  void foreignLocalMessagesAreRefused() {
    RawNode node = TestCluster.of(3).node(1);
    for (MsgType type : MsgType.values()) {
      StepResult result = node.step(Message.builder(type).from(9).to(1).term(1).build());
      if (type.isLocal()) {
        assertThat(result).as(type.text()).isEqualTo(StepResult.STEP_LOCAL_MESSAGE);
      } else if (type.isResponse()) {
        assertThat(result).as(type.text()).isEqualTo(StepResult.STEP_PEER_NOT_FOUND);
      }
    }
  }

  @Test
  void idleGroupHasNothingToDo() {
    TestCluster cluster = TestCluster.of(3).elect(1);
    for (RawNode node : cluster.nodes.values()) {
      assertThat(node.hasReady()).isFalse();
    }
    assertThat(cluster.node(2).tick()).isFalse();
  }
}
