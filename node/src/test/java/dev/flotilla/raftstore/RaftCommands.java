package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompactLogRequest;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.GetRequest;
import dev.flotilla.proto.raft_cmdpb.GuardRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands of one region from {@code b} to {@code y}, and the log entries that carry them. */
public final class RaftCommands {
  public static final long REGION_ID = 2;
  public static final long PEER_ID = 3;
  public static final RegionEpoch EPOCH =
      RegionEpoch.newBuilder().setConfVer(1).setVersion(1).build();
  public static final Region REGION =
      Region.newBuilder()
          .setId(REGION_ID)
          .setStartKey(text("b"))
          .setEndKey(text("y"))
          .setRegionEpoch(EPOCH)
          .addPeers(Peer.newBuilder().setId(PEER_ID).setStoreId(1))
          .build();

  private RaftCommands() {}

  public static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  public static Request put(String key, String value) {
    return put(key, value, 0);
  }

  public static Request put(String key, String value, long ttlSeconds) {
    return Request.newBuilder()
        .setCmdType(CmdType.Put)
        .setPut(
            PutRequest.newBuilder()
                .setKey(text(key))
                .setValue(text(value))
                .setTtlSeconds(ttlSeconds))
        .build();
  }

  public static Request delete(String key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(DeleteRequest.newBuilder().setKey(text(key)))
        .build();
  }

  public static Request deleteIfExpired(String key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(DeleteRequest.newBuilder().setKey(text(key)).setOnlyIfExpired(true))
        .build();
  }

  public static Request deleteRange(String start, String end) {
    return Request.newBuilder()
        .setCmdType(CmdType.DeleteRange)
        .setDeleteRange(
            DeleteRangeRequest.newBuilder().setStartKey(text(start)).setEndKey(text(end)))
        .build();
  }

  /**
   * Swaps {@code previous} for {@code value}.
   *
   * @param previous null for "absent"
   */
  public static Request swap(String key, @Nullable String previous, String value) {
    CompareAndSwapRequest.Builder swap =
        CompareAndSwapRequest.newBuilder().setKey(text(key)).setValue(text(value));
    if (previous == null) {
      swap.setPreviousNotExist(true);
    } else {
      swap.setPreviousValue(text(previous));
    }
    return Request.newBuilder().setCmdType(CmdType.CompareAndSwap).setCompareAndSwap(swap).build();
  }

  /**
   * Holds while {@code key} has the value {@code expected}.
   *
   * @param expected null for "absent"
   */
  public static Request guard(String key, @Nullable String expected) {
    GuardRequest.Builder guard = GuardRequest.newBuilder().setKey(text(key));
    if (expected == null) {
      guard.setExpectedNotExist(true);
    } else {
      guard.setExpectedValue(text(expected));
    }
    return Request.newBuilder().setCmdType(CmdType.Guard).setGuard(guard).build();
  }

  public static Request get(String key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Get)
        .setGet(GetRequest.newBuilder().setKey(text(key)))
        .build();
  }

  public static Request snap() {
    return Request.newBuilder().setCmdType(CmdType.Snap).build();
  }

  public static RaftCmdRequest command(Request... requests) {
    return stamped(0, requests);
  }

  /** A command as the leader logs it. */
  public static RaftCmdRequest stamped(long proposedAtMillis, Request... requests) {
    return RaftCmdRequest.newBuilder()
        .setHeader(
            RaftRequestHeader.newBuilder()
                .setRegionId(REGION_ID)
                .setRegionEpoch(EPOCH)
                .setProposedAt(proposedAtMillis))
        .addAllRequests(List.of(requests))
        .build();
  }

  public static RaftCmdRequest admin(AdminCmdType type) {
    return RaftCmdRequest.newBuilder()
        .setHeader(RaftRequestHeader.newBuilder().setRegionId(REGION_ID))
        .setAdminRequest(AdminRequest.newBuilder().setCmdType(type))
        .build();
  }

  public static RaftCmdRequest compactLog(long index, long term) {
    RaftCmdRequest.Builder command = admin(AdminCmdType.CompactLog).toBuilder();
    command
        .getAdminRequestBuilder()
        .setCompactLog(CompactLogRequest.newBuilder().setCompactIndex(index).setCompactTerm(term));
    return command.build();
  }

  public static Entry entry(long term, long index, RaftCmdRequest command) {
    return Entry.normal(term, index, Payload.of(command.toByteArray()));
  }

  /** What a new leader begins its term with. */
  public static Entry empty(long term, long index) {
    return Entry.normal(term, index, Payload.EMPTY);
  }
}
