package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A write before its proposal. The client's command is never touched: the first edit of a call
 * copies the list of requests, and the copy is kept or dropped when the call is over.
 */
final class CommandBatch extends CommandView implements QueryBatch, Edits {
  private final CallSpan span = new CallSpan();
  private final Region region;
  private final RaftCmdRequest base;

  /** What the calls so far have made of it; null while nobody edited. */
  private Request @Nullable [] kept;

  /** The same with the edits of the present call; null while it has none. */
  private Request @Nullable [] edited;

  CommandBatch(Region region, RaftCmdRequest base) {
    this.region = region;
    this.base = base;
  }

  /** The command itself, or a new one when it was edited. */
  RaftCmdRequest result() {
    return kept == null
        ? base
        : base.toBuilder().clearRequests().addAllRequests(Arrays.asList(kept)).build();
  }

  @Override
  Request request(int index) {
    return edited != null ? edited[index] : requestBefore(index);
  }

  private Request requestBefore(int index) {
    return kept != null ? kept[index] : base.getRequests(index);
  }

  private void edit(int index, Request request) {
    span.check();
    if (edited == null) {
      edited = kept != null ? kept.clone() : base.getRequestsList().toArray(Request[]::new);
    }
    edited[index] = request;
  }

  @Override
  public int size() {
    return base.getRequestsCount();
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
    edit(index, request.build());
  }

  @Override
  public void setEndKey(int index, Bytes endKey) {
    Request.Builder request = request(index).toBuilder();
    if (request.getCmdType() != CmdType.DeleteRange) {
      throw unknown("end key", request.getCmdType());
    }
    request.getDeleteRangeBuilder().setEndKey(ProtoBytes.toProto(endKey));
    edit(index, request.build());
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
    edit(index, request.build());
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
    edit(index, request.build());
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
    edit(index, request.build());
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
    return edited != null;
  }

  @Override
  public CallSpan span() {
    return span;
  }

  @Override
  public void check() {
    if (edited == null) {
      return;
    }
    for (int i = 0; i < edited.length; i++) {
      Request request = edited[i];
      Request before = requestBefore(i);
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
    if (edited == null) {
      return false;
    }
    kept = edited;
    edited = null;
    return true;
  }

  @Override
  public void drop() {
    edited = null;
  }
}
