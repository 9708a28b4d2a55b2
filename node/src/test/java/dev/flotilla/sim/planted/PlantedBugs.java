package dev.flotilla.sim.planted;

import java.util.List;

/**
 * The catalogue. M22 is planted in the simulated engine, for it stands where the status is asked.
 * Those with an F were made here once, and not by way of trial.
 */
final class PlantedBugs {
  private static final String PEER_READS = "raftstore/peer/PeerReads.java";
  private static final String LEASE = "raftstore/peer/Lease.java";
  private static final String PEER = "raftstore/peer/Peer.java";
  private static final String STATES = "raftstore/wire/RegionStates.java";
  private static final String RAFT = "raft/Raft.java";

  private PlantedBugs() {}

  static final List<PlantedBug> ALL =
      List.of(
          PlantedBug.of(
              "M1",
              "lease check skipped",
              LEASE,
              "return state == State.VALID && nowNanos - boundNanos >= 0 ? State.EXPIRED : state;",
              "return state;"),
          PlantedBug.of(
              "M2",
              "lease renewed from the time of the answer",
              PEER_READS,
              "lease.renew(startedNanos.getAsLong());",
              "lease.renew(clock.nanos());",
              PEER_READS,
              "lease.renew(proposedNanos);",
              "lease.renew(clock.nanos());"),
          PlantedBug.of(
              "M3",
              "lease not suspended when leadership is handed over",
              PEER_READS,
              "lease.suspend(clock.nanos());",
              ""),
          PlantedBug.of(
              "M4",
              "lease counted in ticks",
              PEER,
              "new PeerReads(raft, storage, context.clock(), ",
              "new PeerReads(raft, storage, new dev.flotilla.raftstore.Clock() {"
                  + " public long nanos() { return ticks * 100_000_000L; }"
                  + " public long unixMillis() { return 0; } }, ",
              PEER,
              "private boolean removing;",
              "private boolean removing; private long ticks;",
              PEER,
              "health.tick(region(), messages.self(), raft.leaderId());",
              "ticks++; health.tick(region(), messages.self(), raft.leaderId());"),
          PlantedBug.of(
              "M5",
              "read served before the leader's first commit of its term",
              PEER_READS,
              "return appliedTerm == raft.term() && !isSplitPending();",
              "return true;"),
          PlantedBug.of(
              "M6",
              "read index answered without asking anyone",
              PEER_READS,
              "if (raft.readIndex(queue.nextContext()) != StepResult.OK) {"
                  + " throw new Refusal.StaleCommand(); } queue.start(nowNanos, reader);",
              "dev.flotilla.raft.Payload context = queue.nextContext();"
                  + " queue.start(nowNanos, reader); queue.confirm(new ReadState("
                  + "raft.committed(), context));"),
          PlantedBug.of(
              "M7",
              "answers leave before the log is synced",
              PEER,
              "send(collected.messages());",
              "send(collected.messages());"
                  + " if (collected.snapshot() == null) { send(collected.messagesAfterPersist()); }",
              PEER,
              "} else { send(collected.messagesAfterPersist()); }",
              "}"),
          PlantedBug.of(
              "M8",
              "vote answered before it is synced",
              PEER,
              "send(collected.messages());",
              "send(collected.messages()); send(collected.messagesAfterPersist().stream()"
                  + ".filter(m -> m.type() == MsgType.VOTE_RESPONSE).toList());"),
          PlantedBug.of(
              "M9",
              "log written without a sync",
              "raftstore/store/ReadyLoop.java",
              "engines.raft().write(raftBatch, sync);",
              "engines.raft().write(raftBatch, false);"),
          PlantedBug.of(
              "M10",
              "applied index in another batch than the data",
              "raftstore/apply/ApplyBatch.java",
              "writes.put(Cf.RAFT, Keys.applyStateKey(regionId), position.toState().toByteArray());",
              "try (WriteBatch own = engine.newBatch()) { own.put(Cf.RAFT,"
                  + " Keys.applyStateKey(regionId), position.toState().toByteArray());"
                  + " engine.write(own, false); }"),
          PlantedBug.of(
              "M11",
              "last entry applied twice after a restart",
              "raftstore/storage/PeerStorage.java",
              "applyState == null ? RegionStates.initialApplyState() : applyState);",
              "applyState == null ? RegionStates.initialApplyState()"
                  + " : applyState.getAppliedIndex() - 1 > applyState.getTruncatedState().getIndex()"
                  + " ? applyState.toBuilder().setAppliedIndex(applyState.getAppliedIndex() - 1)"
                  + ".build() : applyState);"),
          PlantedBug.of(
              "M12",
              "entries applied while a snapshot is pending",
              "raft/RaftLog.java",
              "&& unstable.snapshot() == null;",
              ";"),
          PlantedBug.of(
              "M13",
              "overlapping snapshots taken",
              "raftstore/store/RaftMessageGate.java",
              "if (other != peer) { return false; }",
              "",
              "raftstore/store/RaftMessageGate.java",
              "if (isTaken(envelope.getStartKey(), envelope.getEndKey())) {",
              "if (envelope.getRegionId() < 0) {"),
          PlantedBug.of(
              "M14",
              "epoch not checked when a command is applied",
              "raftstore/apply/ApplyDelegate.java",
              "Epochs.check(command, region);",
              "",
              "raftstore/apply/WriteExecutor.java",
              "RaftCmdResponse.Builder response = RaftCmdResponse.newBuilder();",
              "RaftCmdResponse.Builder response = RaftCmdResponse.newBuilder();"
                  + " region = region.toBuilder().clearStartKey().clearEndKey().build();"),
          PlantedBug.of(
              "M15",
              "tombstone not kept",
              STATES,
              "putRegionState(kv, region, PeerState.Tombstone);",
              "kv.delete(Cf.RAFT, Keys.regionStateKey(region.getId()));"),
          PlantedBug.of(
              "M16",
              "tombstone without the peer's id",
              STATES,
              "putRegionState(kv, region, PeerState.Tombstone);",
              "putRegionState(kv, region.toBuilder().clearPeers().build(), PeerState.Tombstone);"),
          PlantedBug.of(
              "M17",
              "second conf change while one is pending",
              "raft/Proposals.java",
              "if (pendingIndex > log.applied()) {",
              "if (pendingIndex < 0) {",
              "raftstore/peer/ConfChangeGuard.java",
              "if (raft.pendingConfIndex() > raft.applied()) {",
              "if (raft.applied() < 0) {",
              "raftstore/Epochs.java",
              "(members && asked.getConfVer() != current.getConfVer())",
              "(members && asked.getConfVer() > current.getConfVer())"),
          PlantedBug.of(
              "M18",
              "candidate ignores a conf change it has not applied",
              RAFT,
              "} else if (log.hasConfChange( log.applied() + 1, log.committed() + 1,"
                  + " config.committedBytesMax())) {",
              "} else if (log.committed() < 0) {"),
          PlantedBug.of(
              "M19",
              "learner counted for a voter",
              "raft/ProgressTracker.java",
              "scratch[i] = peers[half[i]].match; }",
              "scratch[i] = peers[half[i]].match; } for (Progress peer : peers) {"
                  + " if (peer.isLearner && half.length > 1) { int at ="
                  + " peers[half[0]].id == selfId ? 1 : 0;"
                  + " scratch[at] = Math.max(scratch[at], peer.match); } }"),
          PlantedBug.of(
              "M20",
              "entry of an older term committed by counting",
              "raft/LeaderCommit.java",
              "if (index <= log.committed() || !log.matches(outbox.term, index)) {",
              "if (index <= log.committed()) {"),
          PlantedBug.of(
              "M21",
              "log shortened beyond what was applied",
              "raftstore/peer/PeerUpkeep.java",
              "new LogGcTask(regionId, from, truncatedIndex + 1)",
              "new LogGcTask(regionId, from, lastIndex + 1)"),
          PlantedBug.of(
              "M22",
              "status of an iterator ignored",
              "engine/sim/SimCursor.java",
              "checkStatus(); return at != null;",
              "return at != null;"),
          PlantedBug.of(
              "M23",
              "checksum of a snapshot not verified",
              "raftstore/snap/SnapFile.java",
              "checksum(path) == described.getChecksum()",
              "described.getSize() > 0"),
          PlantedBug.of(
              "M27",
              "timeout taken for a failure",
              "sim/cluster/SimClient.java",
              "record(kind, 0, Operation.NEVER);",
              ""),
          PlantedBug.of(
              "M30",
              "range of a split off by one",
              "raftstore/apply/SplitExecutor.java",
              ".setStartKey(bounds.get(i))",
              ".setStartKey(i == 0 ? bounds.get(i) : bounds.get(i).concat("
                  + "ByteString.copyFromUtf8(\"0\")))"),
          PlantedBug.of(
              "F1",
              "entries sent again for each sign of life",
              "raft/Progress.java",
              "if (!probed) {",
              "if (match >= 0) {"),
          PlantedBug.of(
              "F2",
              "replica stays that was to go while its snapshot was installed",
              "raftstore/store/PeerLifecycle.java",
              "if (peer.storage().snapshots().isCalledOff()) {",
              "if (peer.storage() == null) {"),
          PlantedBug.of(
              "F3",
              "what is on its way to a replica not bounded in bytes",
              "raftstore/peer/PeerContext.java",
              ".inflightBytesMax(config.inflightBytesMax())",
              ""),
          PlantedBug.of(
              "F4",
              "each entry sent by itself",
              "raftstore/peer/PeerContext.java",
              ".batchAppend(true)",
              ""));
}
