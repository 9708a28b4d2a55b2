package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * Kinds of {@link Message}. Numbers up to 18 are those of eraftpb; the others never leave a
 * replica.
 */
public enum MsgType {
  /** Local: start an election. */
  HUP("MsgHup"),
  /** Local: leader, send heartbeats. */
  BEAT("MsgBeat"),
  /** Proposal, forwarded to the leader if need be. */
  PROPOSE("MsgProp"),
  /** Entries, or the commit index alone. */
  APPEND("MsgApp"),
  /** Answer to {@link #APPEND} and {@link #SNAPSHOT}. */
  APPEND_RESPONSE("MsgAppResp"),
  /** Request of a vote. */
  VOTE("MsgVote"),
  /** Answer to {@link #VOTE}. */
  VOTE_RESPONSE("MsgVoteResp"),
  /** Snapshot in place of entries that are gone. */
  SNAPSHOT("MsgSnap"),
  /** Sign of life of a leader. */
  HEARTBEAT("MsgHeartbeat"),
  /** Answer to {@link #HEARTBEAT}. */
  HEARTBEAT_RESPONSE("MsgHeartbeatResp"),
  /** Local: a message to a peer was lost. */
  UNREACHABLE("MsgUnreachable"),
  /** Local: what became of a snapshot. */
  SNAPSHOT_STATUS("MsgSnapStatus"),
  /** Local: leader, see whether a quorum is alive. */
  CHECK_QUORUM("MsgCheckQuorum"),
  /** Request to hand leadership to the sender. */
  TRANSFER_LEADER("MsgTransferLeader"),
  /** Order to campaign at once. */
  TIMEOUT_NOW("MsgTimeoutNow"),
  /** Request of a read index, forwarded to the leader if need be. */
  READ_INDEX("MsgReadIndex"),
  /** Answer to a forwarded {@link #READ_INDEX}. */
  READ_INDEX_RESPONSE("MsgReadIndexResp"),
  /** Question whether a vote would be granted. */
  PRE_VOTE("MsgPreVote"),
  /** Answer to {@link #PRE_VOTE}. */
  PRE_VOTE_RESPONSE("MsgPreVoteResp"),
  /** Local: work for the log writer. */
  STORAGE_APPEND("MsgStorageAppend"),
  /** Local: the log writer is done. */
  STORAGE_APPEND_RESPONSE("MsgStorageAppendResp"),
  /** Local: work for the state machine. */
  STORAGE_APPLY("MsgStorageApply"),
  /** Local: the state machine is done. */
  STORAGE_APPLY_RESPONSE("MsgStorageApplyResp"),
  /** Local: follower, forget the leader. */
  FORGET_LEADER("MsgForgetLeader");

  private static final MsgType[] BY_NUMBER = values();

  private final String text;

  MsgType(String text) {
    this.text = text;
  }

  /** Returns the number on the wire. */
  public int number() {
    return ordinal();
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
