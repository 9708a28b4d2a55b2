package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;

/** A write before its proposal; the client's command is never touched. */
final class CommandBatch extends CommandView implements QueryBatch, Edits {
  private final Region region;
  private final RaftCmdRequest base;
  private final Parts<Request> requests;

  CommandBatch(CallSpan span, Region region, RaftCmdRequest base) {
    this.region = region;
    this.base = base;
    this.requests = new Parts<>(span, base.getRequestsList());
  }

  /** The command itself, or a new one when it was edited. */
  RaftCmdRequest result() {
    return requests.isChanged()
        ? base.toBuilder().clearRequests().addAllRequests(requests.kept()).build()
        : base;
  }

  @Override
  Request request(int index) {
    return requests.get(index);
  }

  @Override
  public int size() {
    return requests.size();
  }

  @Override
  public void setKey(int index, Bytes key) {
    ByteString bytes = ProtoBytes.toProto(key);
    Request.Builder request = request(index).toBuilder();
    switch (request.getCmdType()) {
      case Put -> request.getPutBuilder().setKey(bytes);
      case Delete -> request.getDeleteBuilder().setKey(bytes);
      case DeleteRange -> request.getDeleteRangeBuilder().setStartKey(bytes);
      case CompareAndSwap -> request.getCompareAndSwapBuilder().setKey(bytes);
      default -> throw unknown("key", request.getCmdType());
    }
    requests.set(index, request.build());
  }

  @Override
  public void setEndKey(int index, Bytes endKey) {
    Request.Builder request = request(index).toBuilder();
    if (request.getCmdType() != CmdType.DeleteRange) {
      throw unknown("end key", request.getCmdType());
    }
    request.getDeleteRangeBuilder().setEndKey(ProtoBytes.toProto(endKey));
    requests.set(index, request.build());
  }

  @Override
  public void setValue(int index, Bytes value) {
    ByteString bytes = ProtoBytes.toProto(value);
    Request.Builder request = request(index).toBuilder();
    switch (request.getCmdType()) {
      case Put -> request.getPutBuilder().setValue(bytes);
      case CompareAndSwap -> request.getCompareAndSwapBuilder().setValue(bytes);
      default -> throw unknown("value", request.getCmdType());
    }
    requests.set(index, request.build());
  }

  @Override
  public void setTtlSeconds(int index, long ttlSeconds) {
    if (ttlSeconds < 0) {
      throw new IllegalArgumentException("negative time to live: " + ttlSeconds);
    }
    Request.Builder request = request(index).toBuilder();
    switch (request.getCmdType()) {
      case Put -> request.getPutBuilder().setTtlSeconds(ttlSeconds);
      case CompareAndSwap -> request.getCompareAndSwapBuilder().setTtlSeconds(ttlSeconds);
      default -> throw unknown("time to live", request.getCmdType());
    }
    requests.set(index, request.build());
  }

  @Override
  public void setExpected(int index, Bytes expected) {
    Request.Builder request = request(index).toBuilder();
    if (request.getCmdType() != CmdType.CompareAndSwap) {
      throw unknown("expected value", request.getCmdType());
    }
    request
        .getCompareAndSwapBuilder()
        .setPreviousValue(ProtoBytes.toProto(expected))
        .setPreviousNotExist(false);
    requests.set(index, request.build());
  }

  @Override
  public void setLimit(int index, int limit) {
    throw unknown("limit", request(index).getCmdType());
  }

  private static UnsupportedOperationException unknown(String part, CmdType type) {
    return new UnsupportedOperationException("the " + part + " of " + type + " cannot be set");
  }

  @Override
  public boolean isAltered() {
    return requests.isEdited();
  }

  @Override
  public void check() {
    if (!requests.isEdited()) {
      return;
    }
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      Request before = requests.before(i);
      if (request.equals(before)) {
        continue;
      }
      if (request.getCmdType() == CmdType.DeleteRange) {
        InvalidEdit.checkRange(
            region,
            keyOf(before),
            keyOf(request),
            before.getDeleteRange().getEndKey(),
            request.getDeleteRange().getEndKey());
      } else if (!keyOf(request).equals(keyOf(before))) {
        // Clients may ask for a key that no observer may: the empty one, for example.
        InvalidEdit.checkKey(region, keyOf(request));
      }
    }
  }

  @Override
  public boolean keep() {
    return requests.keep();
  }

  @Override
  public void drop() {
    requests.drop();
  }
}
