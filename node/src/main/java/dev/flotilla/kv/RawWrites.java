package dev.flotilla.kv;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.KvPair;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayList;
import java.util.List;

/** Turns write requests into the requests of a command. Pure. */
final class RawWrites {
  private RawWrites() {}

  static List<Request> put(RawPutRequest request) {
    return List.of(put(request.getCf(), request.getKey(), request.getValue(), request.getTtl()));
  }

  static List<Request> batchPut(RawBatchPutRequest request) {
    List<Request> requests = new ArrayList<>(request.getPairsCount());
    for (int i = 0; i < request.getPairsCount(); i++) {
      KvPair pair = request.getPairs(i);
      requests.add(put(request.getCf(), pair.getKey(), pair.getValue(), ttl(request, i)));
    }
    return requests;
  }

  /** One time to live for all pairs, or one for each. */
  private static long ttl(RawBatchPutRequest request, int pair) {
    int count = request.getTtlsCount();
    if (count == 0) {
      return request.getTtl();
    }
    if (count != 1 && count != request.getPairsCount()) {
      throw new Refusal.Invalid(count + " times to live for " + request.getPairsCount() + " pairs");
    }
    return request.getTtls(count == 1 ? 0 : pair);
  }

  private static Request put(String cf, ByteString key, ByteString value, long ttlSeconds) {
    return Request.newBuilder()
        .setCmdType(CmdType.Put)
        .setPut(
            PutRequest.newBuilder().setCf(cf).setKey(key).setValue(value).setTtlSeconds(ttlSeconds))
        .build();
  }

  static List<Request> delete(RawDeleteRequest request) {
    return List.of(delete(request.getCf(), request.getKey()));
  }

  static List<Request> batchDelete(RawBatchDeleteRequest request) {
    List<Request> requests = new ArrayList<>(request.getKeysCount());
    for (ByteString key : request.getKeysList()) {
      requests.add(delete(request.getCf(), key));
    }
    return requests;
  }

  private static Request delete(String cf, ByteString key) {
    return Request.newBuilder()
        .setCmdType(CmdType.Delete)
        .setDelete(DeleteRequest.newBuilder().setCf(cf).setKey(key))
        .build();
  }

  static List<Request> deleteRange(RawDeleteRangeRequest request) {
    return List.of(
        Request.newBuilder()
            .setCmdType(CmdType.DeleteRange)
            .setDeleteRange(
                DeleteRangeRequest.newBuilder()
                    .setCf(request.getCf())
                    .setStartKey(request.getStartKey())
                    .setEndKey(request.getEndKey()))
            .build());
  }

  static List<Request> compareAndSwap(RawCASRequest request) {
    return List.of(
        Request.newBuilder()
            .setCmdType(CmdType.CompareAndSwap)
            .setCompareAndSwap(
                CompareAndSwapRequest.newBuilder()
                    .setCf(request.getCf())
                    .setKey(request.getKey())
                    .setValue(request.getValue())
                    .setPreviousValue(request.getPreviousValue())
                    .setPreviousNotExist(request.getPreviousNotExist())
                    .setTtlSeconds(request.getTtl()))
            .build());
  }
}
