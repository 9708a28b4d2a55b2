package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.QueryKind;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.proto.raft_cmdpb.Request;

/** The requests of a raft command as plugins see them. */
abstract class CommandView implements QueryView {
  private static final String CF_DEFAULT = "default";

  abstract Request request(int index);

  @Override
  public final QueryKind kind(int index) {
    Request request = request(index);
    return switch (request.getCmdType()) {
      case Put -> QueryKind.PUT;
      case Delete -> QueryKind.DELETE;
      case DeleteRange -> QueryKind.DELETE_RANGE;
      case CompareAndSwap -> QueryKind.COMPARE_AND_SWAP;
      case Guard -> QueryKind.GUARD;
      case Get -> QueryKind.GET;
      default -> throw new AssertionError("not shown to plugins: " + request.getCmdType());
    };
  }

  @Override
  public final String cf(int index) {
    Request request = request(index);
    String cf =
        switch (request.getCmdType()) {
          case Put -> request.getPut().getCf();
          case Delete -> request.getDelete().getCf();
          case DeleteRange -> request.getDeleteRange().getCf();
          case CompareAndSwap -> request.getCompareAndSwap().getCf();
          case Guard -> request.getGuard().getCf();
          default -> request.getGet().getCf();
        };
    return cf.isEmpty() ? CF_DEFAULT : cf;
  }

  @Override
  public final Bytes key(int index) {
    return ProtoBytes.of(keyOf(request(index)));
  }

  static ByteString keyOf(Request request) {
    return switch (request.getCmdType()) {
      case Put -> request.getPut().getKey();
      case Delete -> request.getDelete().getKey();
      case DeleteRange -> request.getDeleteRange().getStartKey();
      case CompareAndSwap -> request.getCompareAndSwap().getKey();
      case Guard -> request.getGuard().getKey();
      default -> request.getGet().getKey();
    };
  }

  @Override
  public final Bytes endKey(int index) {
    return ProtoBytes.of(request(index).getDeleteRange().getEndKey());
  }

  @Override
  public final Bytes value(int index) {
    Request request = request(index);
    return ProtoBytes.of(
        request.hasCompareAndSwap()
            ? request.getCompareAndSwap().getValue()
            : request.getPut().getValue());
  }

  @Override
  public final long ttlSeconds(int index) {
    Request request = request(index);
    return request.hasCompareAndSwap()
        ? request.getCompareAndSwap().getTtlSeconds()
        : request.getPut().getTtlSeconds();
  }

  @Override
  public final Bytes expected(int index) {
    Request request = request(index);
    return ProtoBytes.of(
        request.hasGuard()
            ? request.getGuard().getExpectedValue()
            : request.getCompareAndSwap().getPreviousValue());
  }

  @Override
  public final boolean expectedAbsent(int index) {
    Request request = request(index);
    return request.hasGuard()
        ? request.getGuard().getExpectedNotExist()
        : request.getCompareAndSwap().getPreviousNotExist();
  }

  @Override
  public final int limit(int index) {
    return 0;
  }

  @Override
  public final boolean keyOnly(int index) {
    return false;
  }

  @Override
  public final boolean reverse(int index) {
    return false;
  }
}
