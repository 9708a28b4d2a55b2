package dev.flotilla.raft;

import dev.flotilla.raft.RaftLogger.Level;

/** The log lines of the log itself, one method each; see {@link RaftTrace}. */
final class LogTrace {
  private final RaftLogger logger;

  LogTrace(RaftLogger logger) {
    this.logger = logger;
  }

  private boolean info() {
    return logger.isEnabled(Level.INFO);
  }

  private void info(String text) {
    logger.log(Level.INFO, text);
  }

  void conflict(long index, long existingTerm, long conflictingTerm) {
    if (info()) {
      info(
          "found conflict at index %d [existing term: %d, conflicting term: %d]"
              .formatted(index, existingTerm, conflictingTerm));
    }
  }

  void replaceUnstable(long from) {
    if (info()) {
      info("replace the unstable entries from index " + from);
    }
  }

  void truncateUnstable(long from) {
    if (info()) {
      info("truncate the unstable entries before index " + from);
    }
  }

  void unstableEntryMissing(long index) {
    if (info()) {
      info("entry at index " + index + " missing from unstable log; ignoring");
    }
  }

  void unstableEntryIsSnapshot(long index) {
    if (info()) {
      info("entry at index " + index + " matched unstable snapshot; ignoring");
    }
  }

  void unstableEntryMismatch(long index, long term, long present) {
    if (info()) {
      info(
          ("entry at (index,term)=(%d,%d) mismatched with entry at (%d,%d) in unstable log;"
                  + " ignoring")
              .formatted(index, term, index, present));
    }
  }

  void startsToRestore(RaftLog log, Snapshot snapshot) {
    if (info()) {
      info("log [" + log + "] starts to restore snapshot " + RaftTrace.position(snapshot));
    }
  }
}
