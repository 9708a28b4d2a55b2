package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Log lines that the data-driven files have no occasion for, and that none is built in vain. */
class TraceTest {
  /** Keeps the lines of one level and above. */
  private static final class Lines implements RaftLogger {
    private final List<String> lines = new ArrayList<>();
    private @Nullable Level from = Level.DEBUG;

    @Override
    public boolean isEnabled(Level level) {
      return from != null && level.compareTo(from) >= 0;
    }

    @Override
    public void log(Level level, String text) {
      assertThat(isEnabled(level)).as("asked first: " + text).isTrue();
      lines.add(level + " " + text);
    }
  }

  private final Lines lines = new Lines();

  private TestCluster cluster() {
    TestCluster cluster = TestCluster.of(3, each -> each.logger(lines)).elect(1);
    lines.lines.clear();
    return cluster;
  }

  private void logs(String expected) {
    assertThat(lines.lines).contains(expected);
    lines.lines.clear();
  }

  @Test
  void linesOfRareOccasions() {
    TestCluster cluster = cluster();
    RawNode leader = cluster.node(1);
    leader.campaign();
    logs("DEBUG 1 ignoring MsgHup because already leader");
    cluster.node(2).forgetLeader();
    lines.lines.clear();
    cluster.node(2).transferLeader(3);
    logs("INFO 2 no leader at term 1; dropping leader transfer msg");
    cluster.node(2).readIndex(Payload.EMPTY);
    logs("INFO 2 no leader at term 1; dropping index reading msg");
    cluster.propose(2, "x");
    logs("INFO 2 no leader at term 1; dropping proposal");
    leader.step(Wire.message(MsgType.TRANSFER_LEADER, 9, 1).build());
    logs("DEBUG 1 no progress available for 9");
    leader.reportUnreachable(10);
    logs("DEBUG 1 no progress available for 10");
    cluster.peer(1, 2).becomeSnapshot(9);
    leader.reportSnapshot(2, false);
    assertThat(lines.lines.get(0))
        .startsWith("DEBUG 1 snapshot failed, resumed sending replication messages to 2 [State");
    cluster
        .node(3)
        .step(
            Message.builder(MsgType.SNAPSHOT)
                .from(1)
                .to(3)
                .term(1)
                .snapshot(
                    Wire.snapshotAt(
                        9,
                        1,
                        new ConfState(
                            IdSet.of(1, 2), IdSet.of(4), IdSet.of(1, 5), IdSet.of(5), true)))
                .build());
    logs(
        "WARN 3 attempted to restore snapshot but it is not in the ConfState voters:1 voters:2"
            + " learners:4 voters_outgoing:1 voters_outgoing:5 learners_next:5 auto_leave:true;"
            + " should never happen");
    cluster.node(3).campaign();
    lines.lines.clear();
    cluster.propose(3, "x");
    logs("INFO 3 no leader at term 2; dropping proposal");
    cluster.node(3).step(Message.builder(MsgType.TIMEOUT_NOW).from(1).to(3).term(2).build());
    logs("DEBUG 3 [term 2 state StateCandidate] ignored MsgTimeoutNow from 1");
  }

  @Test
  void linesOfElectionsThatDoNotTakePlace() {
    TestCluster cluster = cluster();
    cluster.node(2).step(Message.builder(MsgType.HEARTBEAT).from(3).to(2).term(5).build());
    cluster
        .node(2)
        .step(Message.builder(MsgType.PRE_VOTE).from(3).to(2).term(4).logTerm(7).index(8).build());
    logs(
        "INFO 2 [logterm: 1, index: 1, vote: 0] rejected MsgPreVote from 3 [logterm: 7, index: 8]"
            + " at term 5");
    RawNode node = TestCluster.of(3, each -> each.logger(lines)).node(1);
    Payload data = new TextConfChangeCodec().encode(ConfChange.V2.LEAVE_JOINT);
    Entry change = new Entry(1, 1, EntryType.CONF_CHANGE_V2, data, Payload.EMPTY);
    node.step(Wire.append(2, 1, 0, 0, 1, EntryList.of(change)));
    node.campaign();
    logs(
        "WARN 1 cannot campaign at term 1 since there are still pending configuration changes to"
            + " apply");
  }

  @Test
  void linesOfOptions() {
    TestCluster cluster =
        TestCluster.of(
                3,
                each ->
                    each.logger(lines)
                        .proposalForwarding(false)
                        .preVote(true)
                        .uncommittedBytesMax(1))
            .elect(1);
    cluster.propose(2, "x");
    logs("INFO 2 not forwarding to leader 1 at term 1; dropping proposal");
    cluster.propose(1, "x");
    cluster.propose(1, "x");
    logs(
        "WARN 1 appending new entries to log would exceed uncommitted entry size limit;"
            + " dropping proposal");
    cluster.node(3).campaign();
    cluster.node(3).step(Message.builder(MsgType.TIMEOUT_NOW).from(1).to(3).term(1).build());
    logs("DEBUG 3 [term 1 state StatePreCandidate] ignored MsgTimeoutNow from 1");
    cluster
        .node(3)
        .step(Message.builder(MsgType.PRE_VOTE).from(2).to(3).term(0).logTerm(7).index(8).build());
    RawNode follower = cluster.node(2);
    follower.step(
        Message.builder(MsgType.APPEND)
            .from(1)
            .to(2)
            .term(5)
            .logTerm(1)
            .index(1)
            .entries(Wire.entries(2, 5, 5))
            .build());
    lines.lines.clear();
    follower.step(
        Message.builder(MsgType.APPEND)
            .from(1)
            .to(2)
            .term(6)
            .logTerm(5)
            .index(2)
            .entries(Wire.entries(3, 6))
            .build());
    logs("INFO truncate the unstable entries before index 3");
  }

  @Test
  void autoLeaveThatHasToWait() {
    TestCluster cluster = cluster();
    cluster.changeMembers(1, "l2 l3");
    cluster.persist(1);
    cluster.node(1).step(Wire.ack(2, 1, 2));
    cluster.node(1).transferLeader(3);
    cluster.persist(1);
    logs(
        "DEBUG not initiating automatic transition out of joint configuration"
            + " voters=(1)&&(1 2 3) learners_next=(2 3) autoleave: raft proposal dropped");
  }

  @Test
  void snapshotsThatAreNotSent() {
    TestCluster cluster = cluster();
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.settle();
    cluster.disk(1).compact(2);
    lines.lines.clear();
    Progress peer = cluster.peer(1, 3);
    peer.becomeProbe();
    peer.next = 2;
    peer.recentActive = false;
    cluster.propose(1, "y");
    logs("DEBUG ignore sending snapshot to 3 since it is not recently active");
    assertThat(peer.state).isEqualTo(ProgressState.PROBE);
    peer.recentActive = true;
    peer.requestedSnapshot = 99;
    cluster.propose(1, "z");
    logs("DEBUG 1 failed to send snapshot to 3 because snapshot is temporarily unavailable");
  }

  @Test
  void snapshotsThatAreNotNeeded() {
    TestCluster cluster = cluster();
    cluster.isolate(3);
    cluster.propose(1, "x");
    cluster.node(1).step(Wire.heartbeat(2, 9, 0));
    lines.lines.clear();
    // It has the entry, which is not known to be committed.
    cluster.node(1).step(Wire.snapshot(2, 9, Wire.snapshotAt(2, 1, 1, 2, 3)));
    logs(
        "INFO 1 [commit: 1, lastindex: 2, lastterm: 1] fast-forwarded commit to snapshot"
            + " [index: 2, term: 1]");
    assertThat(cluster.node(1).committed()).isEqualTo(2);
  }

  @Test
  void stabilityThatComesLate() {
    Unstable tail = new Unstable(5, new LogTrace(lines));
    tail.truncateAndAppend(Wire.entries(5, 1));
    tail.stableTo(2, 5);
    logs(
        "INFO entry at (index,term)=(5,2) mismatched with entry at (5,1) in unstable log; ignoring");
    tail.stableTo(1, 9);
    logs("INFO entry at index 9 missing from unstable log; ignoring");
    tail.truncateAndAppend(Wire.entries(5, 1));
    logs("INFO replace the unstable entries from index 5");
    tail.restore(Wire.snapshotAt(9, 1, 1));
    tail.stableTo(1, 9);
    logs("INFO entry at index 9 matched unstable snapshot; ignoring");
    RawNode node = TestCluster.of(3, each -> each.logger(lines).asyncStorageWrites(true)).node(1);
    node.step(Wire.append(2, 1, 0, 0, 0, Wire.entries(1, 1)));
    Message done = node.ready().messages().get(0).responses().get(1);
    node.step(Wire.heartbeat(3, 2, 0));
    node.step(done);
    logs(
        "INFO 1 [term: 2] ignored entry appends from a MsgStorageAppendResp message with lower"
            + " term [term: 1]");
  }

  @ParameterizedTest
  @EnumSource(RaftLogger.Level.class)
  void linesBelowTheLevelAreNotBuilt(RaftLogger.Level level) {
    lines.from = level;
    Consumer<TestCluster> life =
        cluster -> {
          cluster.elect(1).elect(2);
          cluster.propose(1, "x");
          cluster.changeMembers(2, "l3");
          cluster.changeMembers(2, "l1");
          cluster.settle();
          cluster.node(2).transferLeader(1);
          cluster.node(2).reportUnreachable(1);
          cluster.node(2).forgetLeader();
          cluster.node(2).campaign();
          new LogTrace(lines).replaceUnstable(1);
        };
    life.accept(TestCluster.of(3, each -> each.logger(lines)));
    assertThat(lines.lines).allMatch(line -> lines.isEnabled(levelOf(line)));
    assertThat(RaftLogger.NONE.isEnabled(level)).isFalse();
    lines.from = null;
    lines.lines.clear();
    life.accept(TestCluster.of(3, each -> each.logger(lines)));
    assertThat(lines.lines).isEmpty();
  }

  private static RaftLogger.Level levelOf(String line) {
    return RaftLogger.Level.valueOf(line.substring(0, line.indexOf(' ')));
  }

  @Test
  void contextsOfConfChangesAreQuoted() {
    ConfChange change =
        new ConfChange.V2(
            ConfChange.Transition.AUTO,
            TextConfChangeCodec.parse("v1 u2"),
            Payload.ofUtf8("a\"b\\c\n\r\t\u0001\u007f \u00e4"));
    assertThat(ConfChangeText.of(change))
        .isEqualTo(
            "transition:ConfChangeTransitionAuto"
                + " changes:{type:ConfChangeAddNode node_id:1}"
                + " changes:{type:ConfChangeUpdateNode node_id:2}"
                + " context:\"a\\\"b\\\\c\\n\\r\\t\\x01\\x7f \u00e4\"");
    assertThat(ConfChangeText.of(ConfState.EMPTY)).isEmpty();
  }
}
