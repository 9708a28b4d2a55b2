package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * Kinds of {@link Message}. Numbers up to 18 are those of eraftpb; the others never leave a
 * replica.
 */
public enum MsgType {
  /** Local: start an election. */
  HUP(0, "MsgHup"),
  /** Local: leader, send heartbeats. */
  BEAT(1, "MsgBeat"),
  /** Proposal, forwarded to the leader if need be. */
  PROPOSE(2, "MsgProp"),
  /** Entries, or the commit index alone. */
  APPEND(3, "MsgApp"),
  /** Answer to {@link #APPEND} and {@link #SNAPSHOT}. */
  APPEND_RESPONSE(4, "MsgAppResp"),
  /** Request of a vote. */
  VOTE(5, "MsgVote"),
  /** Answer to {@link #VOTE}. */
  VOTE_RESPONSE(6, "MsgVoteResp"),
  /** Snapshot in place of entries that are gone. */
  SNAPSHOT(7, "MsgSnap"),
  /** Sign of life of a leader. */
  HEARTBEAT(8, "MsgHeartbeat"),
  /** Answer to {@link #HEARTBEAT}. */
  HEARTBEAT_RESPONSE(9, "MsgHeartbeatResp"),
  /** Local: a message to a peer was lost. */
  UNREACHABLE(10, "MsgUnreachable"),
  /** Local: what became of a snapshot. */
  SNAPSHOT_STATUS(11, "MsgSnapStatus"),
  /** Local: leader, see whether a quorum is alive. */
  CHECK_QUORUM(12, "MsgCheckQuorum"),
  /** Request to hand leadership to the sender. */
  TRANSFER_LEADER(13, "MsgTransferLeader"),
  /** Order to campaign at once. */
  TIMEOUT_NOW(14, "MsgTimeoutNow"),
  /** Request of a read index, forwarded to the leader if need be. */
  READ_INDEX(15, "MsgReadIndex"),
  /** Answer to a forwarded {@link #READ_INDEX}. */
  READ_INDEX_RESPONSE(16, "MsgReadIndexResp"),
  /** Question whether a vote would be granted. */
  PRE_VOTE(17, "MsgPreVote"),
  /** Answer to {@link #PRE_VOTE}. */
  PRE_VOTE_RESPONSE(18, "MsgPreVoteResp"),
  /** Local: work for the log writer. */
  STORAGE_APPEND(19, "MsgStorageAppend"),
  /** Local: the log writer is done. */
  STORAGE_APPEND_RESPONSE(20, "MsgStorageAppendResp"),
  /** Local: work for the state machine. */
  STORAGE_APPLY(21, "MsgStorageApply"),
  /** Local: the state machine is done. */
  STORAGE_APPLY_RESPONSE(22, "MsgStorageApplyResp"),
  /** Local: follower, forget the leader. */
  FORGET_LEADER(23, "MsgForgetLeader");

  private static final MsgType[] BY_NUMBER = values();

  private final int number;
  private final String text;

  MsgType(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** Returns the number on the wire. */
  public int number() {
    return number;
  }

  /** Returns the name used in log lines and by the etcd family of implementations. */
  public String text() {
    return text;
  }

  /** Returns the type with a number of the wire; null if there is none. */
  public static @Nullable MsgType ofNumber(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /** Returns whether only the replica itself may send this. */
  public boolean isLocal() {
    return switch (this) {
      case HUP,
          BEAT,
          UNREACHABLE,
          SNAPSHOT_STATUS,
          CHECK_QUORUM,
          STORAGE_APPEND,
          STORAGE_APPEND_RESPONSE,
          STORAGE_APPLY,
          STORAGE_APPLY_RESPONSE ->
          true;
      default -> false;
    };
  }

  /** Returns whether this answers something, so that the sender must be a known peer. */
  public boolean isResponse() {
    return switch (this) {
      case APPEND_RESPONSE,
          VOTE_RESPONSE,
          HEARTBEAT_RESPONSE,
          UNREACHABLE,
          READ_INDEX_RESPONSE,
          PRE_VOTE_RESPONSE,
          STORAGE_APPEND_RESPONSE,
          STORAGE_APPLY_RESPONSE ->
          true;
      default -> false;
    };
  }
}
