package dev.flotilla.raft;

import static dev.flotilla.raft.RaftTrace.name;

import dev.flotilla.raft.RaftLogger.Level;

/** The log lines of replication, one method each; see {@link RaftTrace}. */
final class ReplicationTrace {
  private final RaftLogger logger;
  private final String self;

  ReplicationTrace(long selfId, RaftLogger logger) {
    this.logger = logger;
    this.self = name(selfId);
  }

  private boolean debug() {
    return logger.isEnabled(Level.DEBUG);
  }

  private void debug(String text) {
    logger.log(Level.DEBUG, text);
  }

  void appendRejected(long from, Message m) {
    if (debug()) {
      debug(
          "%s received MsgAppResp(rejected, hint: (index %d, term %d)) from %s for index %d"
              .formatted(self, m.rejectHint(), m.logTerm, name(from), m.index));
    }
  }

  void decreasedProgress(Progress peer) {
    if (debug()) {
      debug(self + " decreased progress of " + name(peer.id) + " to [" + peer + "]");
    }
  }

  void noSnapshotToInactive(Progress peer) {
    if (debug()) {
      debug("ignore sending snapshot to " + name(peer.id) + " since it is not recently active");
    }
  }

  void snapshotUnavailable(Progress peer) {
    if (debug()) {
      debug(
          "%s failed to send snapshot to %s because snapshot is temporarily unavailable"
              .formatted(self, name(peer.id)));
    }
  }

  void sendsSnapshot(RaftLog log, Snapshot snapshot, Progress peer) {
    if (debug()) {
      debug(
          "%s [firstindex: %d, commit: %d] sent snapshot%s to %s [%s]"
              .formatted(
                  self,
                  log.firstIndex(),
                  log.committed(),
                  RaftTrace.position(snapshot),
                  name(peer.id),
                  peer));
    }
  }

  void pausedForSnapshot(Progress peer) {
    if (debug()) {
      debug(
          "%s paused sending replication messages to %s [%s]".formatted(self, name(peer.id), peer));
    }
  }

  void recoveredFromSnapshot(Progress peer) {
    if (debug()) {
      debug(
          "%s recovered from needing snapshot, resumed sending replication messages to %s [%s]"
              .formatted(self, name(peer.id), peer));
    }
  }

  void snapshotStatus(Progress peer, boolean failed) {
    if (debug()) {
      debug(
          "%s snapshot %s, resumed sending replication messages to %s [%s]"
              .formatted(self, failed ? "failed" : "succeeded", name(peer.id), peer));
    }
  }

  void unreachable(Progress peer) {
    if (debug()) {
      debug(
          "%s failed to send message to %s because it is unreachable [%s]"
              .formatted(self, name(peer.id), peer));
    }
  }
}
