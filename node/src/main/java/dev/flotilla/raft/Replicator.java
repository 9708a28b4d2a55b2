package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/** Sends a leader's log, snapshots and heartbeats, within the flow control of each peer. */
final class Replicator {
  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final Outbox outbox;
  private final ReplicationTrace trace;

  Replicator(RaftConfig config, RaftLog log, ProgressTracker tracker, Outbox outbox) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.outbox = outbox;
    this.trace = new ReplicationTrace(config.id(), config.logger());
  }

  /** Sends every peer what it lacks, or at least the commit index. */
  void broadcastAppend() {
    for (int i = 0; i < tracker.size(); i++) {
      Progress peer = tracker.at(i);
      if (peer.id != config.id()) {
        maybeSendAppend(peer, true);
      }
    }
  }

  /** Sends every peer what it lacks. */
  void probeAll() {
    for (int i = 0; i < tracker.size(); i++) {
      Progress peer = tracker.at(i);
      if (peer.id != config.id()) {
        maybeSendAppend(peer, false);
      }
    }
  }

  /**
   * Sends one append, or a snapshot if what comes next is compacted.
   *
   * @param sendIfEmpty whether an append without entries is worth sending
   * @return whether an append was sent, so that there may be more to send
   */
  boolean maybeSendAppend(Progress peer, boolean sendIfEmpty) {
    if (peer.isPaused()) {
      return false;
    }
    long prevIndex = peer.next - 1;
    long prevTerm = log.term(prevIndex);
    EntryList entries = peer.requestedSnapshot != 0 || prevTerm < 0 ? null : nextEntries(peer);
    if (entries == null) {
      maybeSendSnapshot(peer);
      return false;
    }
    if (entries.isEmpty() && !sendIfEmpty) {
      return false;
    }
    long size = config.batchAppend() ? entries.encodedSize() : 0;
    boolean joined = config.batchAppend() && joinUnsent(peer, prevIndex, entries, size);
    if (!joined) {
      Message append = new Message(MsgType.APPEND, peer.id);
      append.index = prevIndex;
      append.logTerm = prevTerm;
      append.entries = entries;
      append.joinedSize = size;
      append.commit = log.committed();
      outbox.send(append);
    }
    peer.sentEntries(entries.size(), entries.payloadSize(), joined);
    peer.sentCommit(log.committed());
    return true;
  }

  /** Returns what to send next, which may be nothing; null if it is compacted. */
  private @Nullable EntryList nextEntries(Progress peer) {
    // With a full window only an empty append goes out: it probes whether the window was lost.
    boolean probes = peer.state == ProgressState.REPLICATE && peer.inflights.isFull();
    return probes
        ? EntryList.EMPTY
        : log.slice(peer.next, log.lastIndex() + 1, config.messageBytesMax());
  }

  /** Adds entries to the last append to the peer if that has not left and they follow it. */
  private boolean joinUnsent(Progress peer, long prevIndex, EntryList entries, long size) {
    MessageBatch unsent = outbox.messages;
    for (int i = unsent.size() - 1; i >= 0; i--) {
      Message message = unsent.get(i);
      if (message.type == MsgType.APPEND && message.to == peer.id) {
        boolean follows =
            message.term == outbox.term
                && message.index + message.entries.size() == prevIndex
                && (entries.isEmpty() || message.joinedSize + size <= config.messageBytesMax());
        if (follows) {
          message.entries = message.entries.concat(entries);
          message.joinedSize += size;
          message.commit = log.committed();
        }
        return follows;
      }
    }
    return false;
  }

  private void maybeSendSnapshot(Progress peer) {
    if (!peer.recentActive) {
      trace.noSnapshotToInactive(peer);
      return;
    }
    // What it asks for is as old as it says: where its log is thought to end does not matter.
    long reach = peer.requestedSnapshot != 0 ? peer.requestedSnapshot : peer.next;
    Snapshot snapshot = log.snapshot(reach, peer.id);
    if (snapshot == null || snapshot.index() < peer.requestedSnapshot) {
      trace.snapshotUnavailable(peer);
      return;
    }
    Invariants.check(!snapshot.isEmpty(), "a compacted log needs a snapshot");
    trace.sendsSnapshot(log, snapshot, peer);
    peer.becomeSnapshot(snapshot.index());
    trace.pausedForSnapshot(peer);
    Message message = new Message(MsgType.SNAPSHOT, peer.id);
    message.snapshot(snapshot);
    outbox.send(message);
  }

  /** A heartbeat interval begins. */
  void beginInterval() {
    for (int i = 0; i < tracker.size(); i++) {
      tracker.at(i).beginInterval();
    }
  }

  /** Sends a sign of life to every peer. */
  void broadcastHeartbeat(Payload context) {
    for (int i = 0; i < tracker.size(); i++) {
      Progress peer = tracker.at(i);
      if (peer.id != config.id()) {
        // The peer may lack entries that are committed: never tell it to commit past its log.
        long commit = Math.min(peer.match, log.committed());
        Message heartbeat = new Message(MsgType.HEARTBEAT, peer.id);
        heartbeat.commit = commit;
        heartbeat.context(context);
        outbox.send(heartbeat);
        peer.sentCommit(commit);
      }
    }
  }

  /** Takes the answer of a peer that refused an append. */
  void onAppendRejected(Progress peer, Message m) {
    trace.appendRejected(peer.id, m);
    if (config.snapshotRequests() && m.requestSnapshot() != 0) {
      if (peer.request(m.index, m.requestSnapshot())) {
        maybeSendAppend(peer, true);
      }
      return;
    }
    long hint = m.rejectHint();
    if (m.logTerm > 0) {
      // Skips a whole term of ours at a time: about one probe a term on either side.
      hint = log.findConflictByTerm(m.rejectHint(), m.logTerm);
    }
    if (peer.maybeDecrease(m.index, hint)) {
      trace.decreasedProgress(peer);
      if (peer.state == ProgressState.REPLICATE) {
        peer.becomeProbe();
      }
      maybeSendAppend(peer, true);
    }
  }

  /** Takes the answer of a peer that has appended; returns whether it tells something new. */
  boolean onAppendAccepted(Progress peer, long index) {
    boolean news = peer.maybeUpdate(index);
    // An old index still ends a probe: the peer agrees and has nothing more to acknowledge.
    if (!news && !(peer.match == index && peer.state == ProgressState.PROBE)) {
      return false;
    }
    switch (peer.state) {
      case PROBE -> peer.becomeReplicate();
      case REPLICATE -> peer.inflights.freeTo(index);
      case SNAPSHOT -> {
        // Whatever snapshot it got, and from whom: it connects to our log again.
        if (peer.match + 1 >= log.firstIndex()) {
          trace.recoveredFromSnapshot(peer);
          peer.becomeReplicate();
        }
      }
    }
    return true;
  }

  /** Takes a sign of life: an append may have been lost. */
  void onHeartbeatResponse(Progress peer) {
    peer.resume();
    if (peer.match < log.lastIndex() || peer.state == ProgressState.PROBE) {
      maybeSendAppend(peer, true);
    }
  }

  /** Takes the outcome of a snapshot transfer. */
  void onSnapshotStatus(Progress peer, boolean failed) {
    if (peer.state != ProgressState.SNAPSHOT) {
      return;
    }
    if (failed) {
      // Before the change of state, which otherwise counts the snapshot as installed.
      peer.pendingSnapshot = 0;
    }
    peer.becomeProbe();
    peer.requestedSnapshot = 0;
    trace.snapshotStatus(peer, failed);
    // Installed: its answer resumes us. Failed: wait a heartbeat before the next try.
    peer.flowPaused = true;
  }

  /** A message to the peer was lost. */
  void onUnreachable(Progress peer) {
    if (peer.state == ProgressState.REPLICATE) {
      peer.becomeProbe();
    }
    trace.unreachable(peer);
  }
}
