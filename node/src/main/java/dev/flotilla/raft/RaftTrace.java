package dev.flotilla.raft;

import dev.flotilla.raft.RaftLogger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The log lines of the algorithm, one method each. Built only if wanted. Texts are those of the
 * etcd family, so that what is known about reading them holds here; but ids are decimal, as
 * everywhere else.
 */
final class RaftTrace {
  private final RaftLogger logger;
  private final String self;

  RaftTrace(long selfId, RaftLogger logger) {
    this.logger = logger;
    this.self = name(selfId);
  }

  static String name(long id) {
    return Long.toString(id);
  }

  private boolean info() {
    return logger.isEnabled(Level.INFO);
  }

  private boolean debug() {
    return logger.isEnabled(Level.DEBUG);
  }

  private void info(String text) {
    logger.log(Level.INFO, text);
  }

  private void debug(String text) {
    logger.log(Level.DEBUG, text);
  }

  private void warn(String text) {
    if (logger.isEnabled(Level.WARN)) {
      logger.log(Level.WARN, text);
    }
  }

  /** Returns a configuration as it appears in log lines. */
  static String configText(ConfState config) {
    StringBuilder text = new StringBuilder("voters=").append(ids(config.voters()));
    if (config.isJoint()) {
      text.append("&&").append(ids(config.votersOutgoing()));
    }
    if (!config.learners().isEmpty()) {
      text.append(" learners=").append(ids(config.learners()));
    }
    if (!config.learnersNext().isEmpty()) {
      text.append(" learners_next=").append(ids(config.learnersNext()));
    }
    return text.append(config.autoLeave() ? " autoleave" : "").toString();
  }

  private static String ids(IdSet ids) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < ids.size(); i++) {
      text.append(i == 0 ? "" : " ").append(name(ids.get(i)));
    }
    return text.append(')').toString();
  }

  static String position(Snapshot snapshot) {
    return "[index: " + snapshot.index() + ", term: " + snapshot.term() + "]";
  }

  // Start, roles, elections.

  void started(IdSet voters, long term, RaftLog log) {
    if (info()) {
      StringBuilder peers = new StringBuilder();
      for (int i = 0; i < voters.size(); i++) {
        peers.append(i == 0 ? "" : ",").append(name(voters.get(i)));
      }
      info(
          "newRaft %s [peers: [%s], term: %d, commit: %d, applied: %d, lastindex: %d, lastterm: %d]"
              .formatted(
                  self,
                  peers,
                  term,
                  log.committed(),
                  log.applied(),
                  log.lastIndex(),
                  log.lastTerm()));
    }
  }

  void became(Role role, long term) {
    if (info()) {
      String name =
          switch (role) {
            case FOLLOWER -> "follower";
            case CANDIDATE -> "candidate";
            case LEADER -> "leader";
            case PRE_CANDIDATE -> "pre-candidate";
          };
      info(self + " became " + name + " at term " + term);
    }
  }

  void startsElection(long term) {
    if (info()) {
      info(self + " is starting a new election at term " + term);
    }
  }

  void alreadyLeader() {
    if (debug()) {
      debug(self + " ignoring MsgHup because already leader");
    }
  }

  void unpromotable() {
    warn(self + " is unpromotable and can not campaign");
  }

  void unappliedConfChange(long term) {
    warn(
        self
            + " cannot campaign at term "
            + term
            + " since there are still pending configuration changes to apply");
  }

  void asksVote(RaftLog log, MsgType type, long to, long term) {
    if (info()) {
      info(
          "%s [logterm: %d, index: %d] sent %s request to %s at term %d"
              .formatted(self, log.lastTerm(), log.lastIndex(), type.text(), name(to), term));
    }
  }

  void gotVote(long from, MsgType type, boolean granted, long term) {
    if (info()) {
      info(
          "%s received %s%s from %s at term %d"
              .formatted(self, type.text(), granted ? "" : " rejection", name(from), term));
    }
  }

  void votes(MsgType type, ProgressTracker tracker) {
    if (info()) {
      info(
          "%s has received %d %s votes and %d vote rejections"
              .formatted(self, tracker.votesGranted(), type.text(), tracker.votesRefused()));
    }
  }

  /** {@code verb} is cast or rejected. */
  void answersVote(RaftLog log, long vote, boolean cast, Message m, long term) {
    if (info()) {
      info(
          "%s [logterm: %d, index: %d, vote: %s] %s %s %s %s [logterm: %d, index: %d] at term %d"
              .formatted(
                  self,
                  log.lastTerm(),
                  log.lastIndex(),
                  name(vote),
                  cast ? "cast" : "rejected",
                  m.type.text(),
                  cast ? "for" : "from",
                  name(m.from),
                  m.logTerm,
                  m.index,
                  term));
    }
  }

  void ignoresVoteInLease(RaftLog log, long vote, Message m, long term, int ticksLeft) {
    if (info()) {
      info(
          ("%s [logterm: %d, index: %d, vote: %s] ignored %s from %s [logterm: %d, index: %d]"
                  + " at term %d: lease is not expired (remaining ticks: %d)")
              .formatted(
                  self,
                  log.lastTerm(),
                  log.lastIndex(),
                  name(vote),
                  m.type.text(),
                  name(m.from),
                  m.logTerm,
                  m.index,
                  term,
                  ticksLeft));
    }
  }

  void quorumLost() {
    warn(self + " stepped down to follower since quorum is not active");
  }

  void forgetsLeader(long leader, long term) {
    if (info()) {
      info(self + " forgetting leader " + name(leader) + " at term " + term);
    }
  }

  void refusesToForget() {
    if (logger.isEnabled(Level.ERROR)) {
      logger.log(Level.ERROR, "ignoring MsgForgetLeader due to ReadOnlyLeaseBased");
    }
  }

  // Terms and messages.

  void higherTerm(Message m, long term) {
    if (info()) {
      info(
          "%s [term: %d] received a %s message with higher term from %s [term: %d]"
              .formatted(self, term, m.type.text(), name(m.from), m.term));
    }
  }

  void lowerTerm(Message m, long term) {
    if (info()) {
      info(
          "%s [term: %d] ignored a %s message with lower term from %s [term: %d]"
              .formatted(self, term, m.type.text(), name(m.from), m.term));
    }
  }

  void oldWrite(long term, long writeTerm) {
    if (info()) {
      info(
          ("%s [term: %d] ignored entry appends from a MsgStorageAppendResp message with lower"
                  + " term [term: %d]")
              .formatted(self, term, writeTerm));
    }
  }

  void notAMember(long id) {
    if (debug()) {
      debug(self + " no progress available for " + name(id));
    }
  }

  // Proposals, reads, transfer.

  void dropsWithoutLeader(String what, long term) {
    if (info()) {
      info(self + " no leader at term " + term + "; dropping " + what);
    }
  }

  void dropsUnforwarded(long leader, long term) {
    if (info()) {
      info(
          "%s not forwarding to leader %s at term %d; dropping proposal"
              .formatted(self, name(leader), term));
    }
  }

  void dropsInTransfer(long transferee, long term) {
    if (debug()) {
      debug(
          "%s [term %d] transfer leadership to %s is in progress; dropping proposal"
              .formatted(self, term, name(transferee)));
    }
  }

  void dropsOverLimit() {
    warn(
        self
            + " appending new entries to log would exceed uncommitted entry size limit;"
            + " dropping proposal");
  }

  void ignoresConfChange(ConfChange change, ConfState config, String reason) {
    if (info()) {
      info(
          "%s ignoring conf change %s at config %s: %s"
              .formatted(self, ConfChangeText.of(change), configText(config), reason));
    }
  }

  void autoLeave(ConfState config, boolean proposed) {
    if (proposed && info()) {
      info("initiating automatic transition out of joint configuration " + configText(config));
    } else if (!proposed && debug()) {
      debug(
          "not initiating automatic transition out of joint configuration "
              + configText(config)
              + ": raft proposal dropped");
    }
  }

  void switchedConfig(ConfState config) {
    if (info()) {
      info(self + " switched to configuration " + configText(config));
    }
  }

  /** {@code what} follows the term and may use the transferee's id. */
  void transfer(long term, String what, long transferee) {
    if (info()) {
      info(self + " [term " + term + "] " + what + " " + name(transferee));
    }
  }

  void ignoresTransferToLearner() {
    if (debug()) {
      debug(self + " is learner. Ignored transferring leadership");
    }
  }

  void ignoresTransferToSelf() {
    if (debug()) {
      debug(self + " is already leader. Ignored transferring leadership to self");
    }
  }

  void ignoresRepeatedTransfer(long term, long transferee) {
    if (info()) {
      info(
          ("%s [term %d] transfer leadership to %s is in progress, ignores request to same"
                  + " node %s")
              .formatted(self, term, name(transferee), name(transferee)));
    }
  }

  void sendsTimeoutNow(long to, boolean afterAck) {
    if (info()) {
      info(
          afterAck
              ? self + " sent MsgTimeoutNow to " + name(to) + " after received MsgAppResp"
              : "%s sends MsgTimeoutNow to %s immediately as %s already has up-to-date log"
                  .formatted(self, name(to), name(to)));
    }
  }

  void gotTimeoutNow(long from, long term) {
    if (info()) {
      info(
          "%s [term %d] received MsgTimeoutNow from %s and starts an election to get leadership."
              .formatted(self, term, name(from)));
    }
  }

  void ignoresTimeoutNow(long from, Role role, long term) {
    if (debug()) {
      String state = role == Role.CANDIDATE ? "StateCandidate" : "StatePreCandidate";
      debug(
          "%s [term %d state %s] ignored MsgTimeoutNow from %s"
              .formatted(self, term, state, name(from)));
    }
  }

  // Log and snapshots.

  void rejectsAppend(RaftLog log, Message m) {
    if (debug()) {
      debug(
          "%s [logterm: %d, index: %d] rejected MsgApp [logterm: %d, index: %d] from %s"
              .formatted(self, log.termOrZero(m.index), m.index, m.logTerm, m.index, name(m.from)));
    }
  }

  /** {@code what} is what was done with a snapshot, with the end of the log if {@code log} is. */
  void snapshot(long commit, @Nullable RaftLog log, String what, Snapshot snapshot) {
    if (info()) {
      String end =
          log == null ? "" : ", lastindex: " + log.lastIndex() + ", lastterm: " + log.lastTerm();
      info(self + " [commit: " + commit + end + "] " + what + " " + position(snapshot));
    }
  }

  void refusesSnapshot(ConfState members) {
    if (logger.isEnabled(Level.WARN)) {
      logger.log(
          Level.WARN,
          self
              + " attempted to restore snapshot but it is not in the ConfState "
              + ConfChangeText.of(members)
              + "; should never happen");
    }
  }
}
