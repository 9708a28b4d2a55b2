package dev.flotilla.sim.planted;

import java.util.List;

/**
 * The mistakes of {@code raft/PITFALLS.md}, as edits of the sources. Those with a letter behind the
 * number are further ways to make the same mistake.
 */
final class RaftPitfalls {
  private static final String ACK_QUEUE = "raft/Outbox.java";
  private static final String CHANGER = "raft/ConfChanger.java";
  private static final String COMMIT = "raft/LeaderCommit.java";
  private static final String CYCLE = "raft/ReadyCycle.java";
  private static final String FOLLOWER = "raft/FollowerLog.java";
  private static final String IDS = "raft/IdSet.java";
  private static final String LOG = "raft/RaftLog.java";
  private static final String NODE = "raft/RawNode.java";
  private static final String PROGRESS = "raft/Progress.java";
  private static final String PROPOSALS = "raft/Proposals.java";
  private static final String QUEUE = "raft/ReadQueue.java";
  private static final String RAFT = "raft/Raft.java";
  private static final String READS = "raft/LeaderReads.java";
  private static final String SENDER = "raft/Replicator.java";
  private static final String SIM_NODE = "raft/SimNode.java";
  private static final String TRACKER = "raft/ProgressTracker.java";
  private static final String TRANSFER = "raft/LeaderTransfer.java";
  private static final String UNSTABLE = "raft/Unstable.java";
  private static final String VOTES = "raft/VoteMessages.java";
  private static final String WINDOW = "raft/Inflights.java";
  private static final String WORK = "raft/StorageMessages.java";
  private static final String WRITE = "raft/PendingWrite.java";

  private static final String ALL_POSITIONS =
      "int[] all = new int[peers.length]; for (int i = 0; i < all.length; i++) { all[i] = i; }"
          + " scratch = new long[all.length]; ";

  private RaftPitfalls() {}

  static final List<PlantedBug> ALL =
      List.of(
          PlantedBug.of(
              "P1",
              "rounds of reads named by the caller's context",
              QUEUE,
              "roundContext = encode(round);",
              "roundContext = context;",
              QUEUE,
              "boolean hasWaiting() {",
              "long roundOf(Payload context) { for (Read read : reads) {"
                  + " if (read.context().equals(context)) { return read.round(); } } return 0; }"
                  + " boolean hasWaiting() {",
              READS,
              "int pending() {",
              "long roundOf(Payload context) { return queue.roundOf(context); } int pending() {",
              RAFT,
              "Math.max(peer.readRound, ReadQueue.decode(m.context()));",
              "Math.max(peer.readRound, reads.roundOf(m.context()));"),
          PlantedBug.of(
              "P2",
              "read index before a commit in the term",
              RAFT,
              "contextOf(m), committedToCurrentTerm(), inLease());",
              "contextOf(m), true, inLease());"),
          PlantedBug.of(
              "P3",
              "lease trusted after an order to campaign",
              TRANSFER,
              "leaseSuspect = true;",
              ""),
          PlantedBug.of(
              "P5", "reads without a bound", READS, "if (queue.isFull()) {", "if (false) {"),
          PlantedBug.of("P5b", "reads outlive the term", RAFT, "reads.clear();", ""),
          PlantedBug.of(
              "P6",
              "confirmations not looked at after a removal",
              RAFT,
              "// The confirmations at hand may be a quorum of the new configuration."
                  + " reads.answerConfirmed();",
              ""),
          PlantedBug.of(
              "P6b",
              "confirmations of learners count",
              TRACKER,
              "return Math.min(confirmed(incoming, lastRound), confirmed(outgoing, lastRound));",
              ALL_POSITIONS + "return confirmed(all, lastRound);"),
          PlantedBug.of(
              "P7",
              "sole voter answers before it has committed",
              READS,
              "if (committedInTerm) {",
              "if (committedInTerm || tracker.isSoleVoter()) {"),
          PlantedBug.of(
              "P8",
              "pre-candidate keeps its leader",
              RAFT,
              "leader = 0; role = Role.PRE_CANDIDATE;",
              "role = Role.PRE_CANDIDATE;"),
          PlantedBug.of(
              "P8b",
              "pre-candidate keeps old votes",
              RAFT,
              "tracker.resetVotes(); leader = 0;",
              "leader = 0;"),
          PlantedBug.of(
              "P9",
              "pre-vote of a lower term dropped",
              RAFT,
              "} else if (m.type == MsgType.PRE_VOTE) {",
              "} else if (false) {"),
          PlantedBug.of(
              "P9b",
              "granted pre-vote carries the voter's term",
              VOTES,
              "grants ? request.term : outbox.term",
              "outbox.term"),
          PlantedBug.of(
              "P10",
              "old leader not answered with pre-votes alone",
              RAFT,
              "(config.checkQuorum() || config.preVote())",
              "config.checkQuorum()"),
          PlantedBug.of(
              "P11",
              "learner refuses to vote",
              RAFT,
              "boolean grants = mayVote",
              "boolean grants = mayVote && promotable()"),
          PlantedBug.of(
              "P12",
              "learner campaigns",
              RAFT,
              "self != null && !self.isLearner && log",
              "self != null && log"),
          PlantedBug.of(
              "P12b",
              "peer that is no member campaigns",
              RAFT,
              "return self != null && !self.isLearner && log",
              "return (self == null || !self.isLearner) && log"),
          PlantedBug.of(
              "P12c",
              "campaign before a snapshot is installed",
              RAFT,
              "!self.isLearner && log.unstable().snapshot() == null && ",
              "!self.isLearner && "),
          PlantedBug.of(
              "P12e",
              "campaign without the state that a snapshot is to bring",
              RAFT,
              "log.unstable().snapshot() == null && !follower.isAwaiting();",
              "log.unstable().snapshot() == null;"),
          PlantedBug.of(
              "P12d",
              "an order to campaign is obeyed unchecked",
              RAFT,
              "startElection(Campaign.TRANSFER);",
              "askForVotes(Campaign.TRANSFER);"),
          PlantedBug.of(
              "P13",
              "campaign with an unapplied conf change",
              RAFT,
              "log.hasConfChange( log.applied() + 1, log.committed() + 1,"
                  + " config.committedBytesMax())",
              "false"),
          PlantedBug.of(
              "P13b",
              "only one page is searched for conf changes",
              LOG,
              "next += page.size();",
              "next = high;"),
          PlantedBug.of(
              "P14",
              "votes do not tell the commit index",
              VOTES,
              "if (config.commitByVote()) {",
              "if (false) {"),
          PlantedBug.of(
              "P15",
              "late pre-vote counts as a vote",
              RAFT,
              "if ((m.type == MsgType.PRE_VOTE_RESPONSE) == (role == Role.PRE_CANDIDATE)) {",
              "if (true) {"),
          PlantedBug.of(
              "P15b",
              "own acknowledgement of an older term counts",
              RAFT,
              "if (isLeader() && issueTerm == term && self != null) {",
              "if (isLeader() && self != null) {"),
          PlantedBug.of(
              "P16",
              "votes leave before they are durable",
              ACK_QUEUE,
              "case APPEND_RESPONSE, VOTE_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);",
              "case APPEND_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);"
                  + " case VOTE_RESPONSE ->"
                  + " (message.to == selfId ? afterPersist : messages).add(message);"),
          PlantedBug.of(
              "P16b",
              "acknowledgements leave before they are durable",
              ACK_QUEUE,
              "case APPEND_RESPONSE, VOTE_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);",
              "case VOTE_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);"
                  + " case APPEND_RESPONSE ->"
                  + " (message.to == selfId ? afterPersist : messages).add(message);"),
          PlantedBug.of(
              "P16c",
              "refusals leave before what they rest on is durable",
              ACK_QUEUE,
              "case APPEND_RESPONSE, VOTE_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);",
              "case APPEND_RESPONSE, VOTE_RESPONSE, PRE_VOTE_RESPONSE ->"
                  + " (message.reject() ? messages : afterPersist).add(message);"),
          PlantedBug.of(
              "P17",
              "removed leader stays in office",
              RAFT,
              "if (config.stepDownOnRemoval()) {",
              "if (false) {"),
          PlantedBug.of(
              "P19", "new voter is not active", TRACKER, "newPeers[i].recentActive = true;", ""),
          PlantedBug.of(
              "P20",
              "commit of older terms by counting",
              COMMIT,
              "if (index <= log.committed() || !log.matches(outbox.term, index)) {",
              "if (index <= log.committed()) {"),
          PlantedBug.of(
              "P21",
              "heartbeat tells to commit past the peer's log",
              SENDER,
              "long commit = Math.min(peer.match, log.committed());",
              "long commit = log.committed();"),
          PlantedBug.of(
              "P21b",
              "follower commits what was not verified",
              LOG,
              "commitTo(Math.min(leaderCommit, lastVerified));",
              "commitTo(Math.min(leaderCommit, lastIndex()));"),
          PlantedBug.of(
              "P22",
              "term 0 for a compacted index",
              LOG,
              "return RaftStorage.TERM_COMPACTED;",
              "return 0;"),
          PlantedBug.of(
              "P22b",
              "term 0 for an index beyond the log",
              LOG,
              "return RaftStorage.TERM_UNAVAILABLE;",
              "return 0;"),
          PlantedBug.of(
              "P23",
              "truncation without a conflict",
              LOG,
              "int conflict = findConflict(entries);",
              "int conflict = 0;"),
          PlantedBug.of(
              "P23b",
              "late append below the commit index is looked at",
              FOLLOWER,
              "} else if (m.index < log.committed()) {",
              "} else if (false) {"),
          PlantedBug.of(
              "P24",
              "place of the conflict counted from the entry before",
              LOG,
              "append(entries.slice(conflict, entries.size()));",
              "append(entries.slice(conflict + 1, entries.size()));"),
          PlantedBug.of(
              "P25",
              "next falls to what is known to match",
              PROGRESS,
              "next = Math.max(Math.min(rejected, matchHint + 1), match + 1);",
              "next = Math.max(Math.min(rejected, matchHint + 1), 1);"),
          PlantedBug.of(
              "P26",
              "stale rejection believed while replicating",
              PROGRESS,
              "if (rejected <= match) { return false; }",
              ""),
          PlantedBug.of(
              "P26b",
              "stale rejection believed while probing",
              PROGRESS,
              "if (next - 1 != rejected) { return false; }",
              ""),
          PlantedBug.of(
              "P27",
              "slot that was overwritten taken for durable",
              UNSTABLE,
              "} else if (present != term) {",
              "} else if (false) {"),
          PlantedBug.of(
              "P27b",
              "stability of an older term believed",
              RAFT,
              "if (issueTerm < term) {",
              "if (false) {"),
          PlantedBug.of(
              "P27c",
              "refused stability never attested again, asynchronous",
              WORK,
              "if (unstable || ready.snapshot != null) {",
              "if (!ready.entries.isEmpty() || ready.snapshot != null) {"),
          PlantedBug.of(
              "P27d",
              "refused stability never attested again",
              WRITE,
              "boolean writes = raft.log.unstable().size() > 0;",
              "boolean writes = !ready.entries.isEmpty();"),
          PlantedBug.of(
              "P28",
              "installed snapshot of an older term ignored",
              RAFT,
              "if (snapshot != null) { log.unstable().stableSnapshotTo",
              "if (snapshot != null && issueTerm == term) { log.unstable().stableSnapshotTo"),
          PlantedBug.of(
              "P28b",
              "any snapshot taken for the one that is pending",
              UNSTABLE,
              "if (snapshot != null && snapshot.index() == index) {",
              "if (snapshot != null) {"),
          PlantedBug.of(
              "P29",
              "entries handed out together with a snapshot",
              LOG,
              "applying < appliable(allowUnstable) // Entries must not overtake the snapshot that"
                  + " they follow. && unstable.snapshot() == null;",
              "applying < appliable(allowUnstable);"),
          PlantedBug.of(
              "P29b",
              "sole voter commits before its write",
              PROPOSALS,
              "outbox.ackSelf(log.lastIndex()); replicator.broadcastAppend();",
              "if (tracker.isSoleVoter()) { log.commitTo(log.lastIndex()); }"
                  + " outbox.ackSelf(log.lastIndex()); replicator.broadcastAppend();"),
          PlantedBug.of(
              "P30",
              "stored commit index cut to the page",
              CYCLE,
              "ready.committedEntries = log.nextCommitted(!async);",
              "ready.committedEntries = log.nextCommitted(!async);"
                  + " if (!ready.committedEntries.isEmpty()) {"
                  + " ready.commit = ready.committedEntries.last().index(); }"),
          PlantedBug.of(
              "P30b",
              "pages counted by raft's own sizes",
              CYCLE,
              "log.acceptApplying(page.last().index(), bytes, !async);",
              "log.acceptApplying(page.limitedTo(raft.config.committedBytesMax()).last().index(),"
                  + " bytes, !async);"),
          PlantedBug.of(
              "P31",
              "each Ready has a page of its own",
              LOG,
              "applyingPaused = applyingBytes >= applyingBytesMax || index <"
                  + " appliable(allowUnstable);",
              "applyingPaused = false;"),
          PlantedBug.of(
              "P31b",
              "pages that are out do not count",
              LOG,
              "long budget = applyingBytesMax - applyingBytes;",
              "long budget = applyingBytesMax;"),
          PlantedBug.of(
              "P32",
              "size of what was proposed counted, not of what was appended",
              PROPOSALS,
              "long bytes = EntryList.of(checked).payloadSize();",
              "long bytes = entries.payloadSize();"),
          PlantedBug.of("P32b", "empty entries refused", PROPOSALS, "&& bytes > 0", ""),
          PlantedBug.of(
              "P32c",
              "count of bytes outlives the office",
              PROPOSALS,
              "pendingConfIndex = 0; uncommittedBytes = 0;",
              "pendingConfIndex = 0;"),
          PlantedBug.of(
              "P32d",
              "entries of earlier terms give back what they did not take",
              RAFT,
              "bytes += entry.term() == term ? entry.payloadSize() : 0;",
              "bytes += entry.payloadSize();"),
          PlantedBug.of(
              "P33",
              "window reset without its bytes",
              WINDOW,
              "count = 0; bytes = 0;",
              "count = 0;"),
          PlantedBug.of(
              "P33b",
              "window freed past its end",
              WINDOW,
              "start = start + 1 == lastIndexes.length ? 0 : start + 1;",
              "start = start + 1;"),
          PlantedBug.of(
              "P34",
              "full window waits for ever",
              PROGRESS,
              "if (!probed) { flowPaused = false; }",
              "if (!probed) { flowPaused &= state == ProgressState.REPLICATE; }"),
          PlantedBug.of(
              "P35",
              "report on a snapshot ignored",
              SENDER,
              "if (peer.state != ProgressState.SNAPSHOT) { return; }",
              "if (peer != null) { return; }"),
          PlantedBug.of(
              "P36",
              "failed snapshot counted as installed",
              SENDER,
              "peer.pendingSnapshot = 0;",
              ""),
          PlantedBug.of(
              "P37",
              "acknowledgement at match does not end a probe",
              SENDER,
              "if (!news && !(peer.match == index && peer.state == ProgressState.PROBE)) {",
              "if (!news) {"),
          PlantedBug.of(
              "P38",
              "peer that is caught up stays in a probe",
              SENDER,
              "if (peer.match < log.lastIndex() || peer.state == ProgressState.PROBE) {",
              "if (peer.match < log.lastIndex()) {"),
          PlantedBug.of(
              "P39",
              "snapshot refused by an outgoing voter",
              FOLLOWER,
              "if (!snapshot.meta().confState().contains(config.id())) {",
              "if (!snapshot.meta().confState().voters().contains(config.id())"
                  + " && !snapshot.meta().confState().learners().contains(config.id())) {"),
          PlantedBug.of(
              "P39b",
              "snapshot of others accepted",
              FOLLOWER,
              "if (!snapshot.meta().confState().contains(config.id())) {",
              "if (false) {"),
          PlantedBug.of(
              "P40",
              "snapshot of what the log has replaces it",
              FOLLOWER,
              "if (!wanted && log.matches(snapshot.term(), snapshot.index())) {",
              "if (false) {"),
          PlantedBug.of(
              "P41",
              "half of a joint membership restored from a snapshot",
              RAFT,
              "switchConfig(members, IdSet.EMPTY);",
              "switchConfig(ConfState.of(members.voters(), members.learners()), IdSet.EMPTY);"),
          PlantedBug.of(
              "P41b",
              "half of a joint membership restored from the disk",
              RAFT,
              "switchConfig(initial.confState(), IdSet.EMPTY);",
              "switchConfig(ConfState.of(initial.confState().voters(),"
                  + " initial.confState().learners()), IdSet.EMPTY);"),
          PlantedBug.of("P41c", "memberships compared in order", IDS, "Arrays.sort(sorted);", ""),
          PlantedBug.of(
              "P42",
              "pending change judged by commit",
              PROPOSALS,
              "if (pendingIndex > log.applied()) {",
              "if (pendingIndex > log.committed()) {"),
          PlantedBug.of(
              "P42b",
              "new leader does not wait for its log",
              RAFT,
              "proposals.raisePendingConfIndex(log.lastIndex());",
              ""),
          PlantedBug.of(
              "P43",
              "automatic leave proposed again and again",
              RAFT,
              "tracker.config().autoLeave() && applied >= proposals.pendingConfIndex()",
              "tracker.config().autoLeave()"),
          PlantedBug.of(
              "P43b",
              "automatic leave tried only once",
              RAFT,
              "applied >= proposals.pendingConfIndex()",
              "applied == proposals.pendingConfIndex()"),
          PlantedBug.of(
              "P44",
              "no commit after a removal",
              RAFT,
              "if (commits.maybeCommit()) { replicator.broadcastAppend(); } else {",
              "{"),
          PlantedBug.of(
              "P44b",
              "commit after a removal not told",
              RAFT,
              "if (commits.maybeCommit()) { replicator.broadcastAppend(); } else {",
              "if (!commits.maybeCommit()) {"),
          PlantedBug.of(
              "P45",
              "transfer to a demoted peer goes on",
              RAFT,
              "if (!tracker.isVoter(transfer.transferee())) {",
              "if (tracker.find(transfer.transferee()) == null) {"),
          PlantedBug.of(
              "P45b",
              "transfer to a removed peer goes on",
              RAFT,
              "if (!tracker.isVoter(transfer.transferee())) {",
              "if (false) {"),
          PlantedBug.of("P46", "invalid change applied", CHANGER, "if (wrong) {", "if (false) {"),
          PlantedBug.of(
              "P47",
              "all voters removed",
              CHANGER,
              "refuseIf(next.voters().isEmpty(), \"removed all voters\");",
              ""),
          PlantedBug.of(
              "P47b",
              "joint configuration entered without voters",
              CHANGER,
              "refuseIf(state.voters().isEmpty(), \"can't make a zero-voter config joint\");",
              ""),
          PlantedBug.of(
              "P47c",
              "demotion forgets the progress",
              TRACKER,
              "if (old >= 0 && !dropped.contains(id)) {",
              "if (old >= 0 && !dropped.contains(id)"
                  + " && peers[old].isLearner == newConfig.learners().contains(id)) {"),
          PlantedBug.of(
              "P48",
              "commit index beyond the log accepted at the start",
              LOG,
              "index >= committed && index <= lastIndex(), \"stored commit",
              "index >= committed, \"stored commit"),
          PlantedBug.of(
              "P49",
              "commit index of an installed snapshot not stored",
              LOG,
              "committed = snapshot.index();",
              ""),
          PlantedBug.of(
              "P50",
              "every write synced",
              CYCLE,
              "prevTerm != raft.term || prevVote != raft.vote; ready.mustSync",
              "raft.term != 0 || raft.vote != 0; ready.mustSync"),
          PlantedBug.of("P50b", "entries not synced", CYCLE, "!ready.entries.isEmpty() ||", ""),
          PlantedBug.of("P50c", "snapshots not synced", CYCLE, "ready.snapshot != null ||", ""),
          PlantedBug.of(
              "P51",
              "recovery trusts the stored commit index",
              SIM_NODE,
              "long commit = Math.max(synced.commit(), applied);",
              "long commit = synced.commit();"),
          PlantedBug.of(
              "P54",
              "unbounded search for conf changes",
              LOG,
              "slice(next, high, pageBytes)",
              "slice(next, high, RaftConfig.NO_LIMIT)"),
          PlantedBug.of(
              "P54b",
              "unbounded backlog of committed entries",
              LOG,
              "appliable(allowUnstable) + 1, budget)",
              "appliable(allowUnstable) + 1, RaftConfig.NO_LIMIT)"),
          PlantedBug.of(
              "P54c",
              "unbounded appends",
              SENDER,
              "log.lastIndex() + 1, config.messageBytesMax())",
              "log.lastIndex() + 1, RaftConfig.NO_LIMIT)"),
          PlantedBug.of("P55", "views of old entries kept", RAFT, "log.forgetRecent();", ""),
          PlantedBug.of(
              "P56",
              "messages changed that belong to others",
              RAFT,
              "Message copy = new Message(m.type, leader); copy.from = m.from;"
                  + " copy.entries = m.entries; copy.context(m.context()); return copy;",
              "m.to = leader; return m;"),
          PlantedBug.of(
              "P57",
              "local messages taken from outside",
              NODE,
              "if (type.isLocal() && !fromStorage) {",
              "if (false) {"),
          PlantedBug.of(
              "P57b",
              "responses of strangers taken",
              NODE,
              "&& raft.tracker.find(message.from) == null",
              "&& false"),
          PlantedBug.of(
              "S1", "two votes in a term", RAFT, "(vote == 0 && leader == 0)", "leader == 0"),
          PlantedBug.of("S1b", "vote lost by a restart", RAFT, "vote = stored.vote();", ""),
          PlantedBug.of(
              "S2",
              "lease honoured against a transfer",
              RAFT,
              "if (honoursLeader() && !forced) {",
              "if (honoursLeader()) {"),
          PlantedBug.of(
              "S3",
              "joint commit by a majority of the union",
              TRACKER,
              "return Math.min(matched(incoming), matched(outgoing));",
              ALL_POSITIONS + "return matched(all);"),
          PlantedBug.of(
              "S3b",
              "joint election by one half",
              TRACKER,
              "return Quorum.joint(tally(incoming), tally(outgoing));",
              "return tally(incoming);"),
          PlantedBug.of(
              "S4",
              "transfer without a deadline",
              RAFT,
              "// The transferee had its time: take proposals again. transfer.abort();",
              ""),
          PlantedBug.of(
              "S5",
              "proposals taken during a transfer",
              PROPOSALS,
              "if (transfer.transferee() != 0) {",
              "if (false) {"),
          PlantedBug.of(
              "S6",
              "ordered election asks first",
              RAFT,
              "startElection(Campaign.TRANSFER);",
              "campaign();"),
          PlantedBug.of(
              "S7",
              "entries applied before they are durable, asynchronous",
              CYCLE,
              "ready.committedEntries = log.nextCommitted(!async);",
              "ready.committedEntries = log.nextCommitted(true);"),
          PlantedBug.of(
              "S8",
              "no lease of voters",
              RAFT,
              "config.checkQuorum() && leader != 0 && electionElapsed < config.electionTicks();",
              "false;"));
}
