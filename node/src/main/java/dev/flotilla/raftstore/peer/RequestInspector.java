package dev.flotilla.raftstore.peer;

/** Decides how a request is served. Reads state, changes none. */
interface RequestInspector {
  /** Whether an entry of the current term has been applied; before it, local data may be old. */
  boolean hasAppliedToCurrentTerm();

  /** State of the lease as of now. */
  Lease.State inspectLease();

  /** How to serve a command of this kind. */
  default RequestPolicy inspect(CommandKind kind, boolean readQuorum) {
    return switch (kind) {
      case WRITE -> RequestPolicy.PROPOSE_NORMAL;
      case CONF_CHANGE -> RequestPolicy.PROPOSE_CONF_CHANGE;
      case TRANSFER_LEADER -> RequestPolicy.PROPOSE_TRANSFER_LEADER;
      case READ ->
          !readQuorum && hasAppliedToCurrentTerm() && inspectLease() == Lease.State.VALID
              ? RequestPolicy.READ_LOCAL
              : RequestPolicy.READ_INDEX;
    };
  }
}
