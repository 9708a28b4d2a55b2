package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.Reply;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.kvrpcpb.APIVersion;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchGetRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchGetResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchPutRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchPutResponse;
import dev.flotilla.proto.kvrpcpb.RawBatchScanRequest;
import dev.flotilla.proto.kvrpcpb.RawBatchScanResponse;
import dev.flotilla.proto.kvrpcpb.RawCASRequest;
import dev.flotilla.proto.kvrpcpb.RawCASResponse;
import dev.flotilla.proto.kvrpcpb.RawChecksumRequest;
import dev.flotilla.proto.kvrpcpb.RawChecksumResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.flotilla.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.raftstore.Refusal;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code tikvpb.Tikv}: the raw API. Whatever is not here is answered UNIMPLEMENTED. */
final class KvService {
  private final RawKv kv;
  private final UnaryCalls calls;

  KvService(RawKv kv, UnaryCalls calls) {
    this.kv = kv;
    this.calls = calls;
  }

  void bind(GrpcServer server) {
    bind(
        server,
        TikvGrpcService.RawGet,
        RawGetRequest::getContext,
        kv::get,
        error -> RawGetResponse.newBuilder().setRegionError(error).build(),
        text -> RawGetResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawBatchGet,
        RawBatchGetRequest::getContext,
        kv::batchGet,
        error -> RawBatchGetResponse.newBuilder().setRegionError(error).build(),
        null);
    bind(
        server,
        TikvGrpcService.RawScan,
        RawScanRequest::getContext,
        kv::scan,
        error -> RawScanResponse.newBuilder().setRegionError(error).build(),
        null);
    bind(
        server,
        TikvGrpcService.RawBatchScan,
        RawBatchScanRequest::getContext,
        kv::batchScan,
        error -> RawBatchScanResponse.newBuilder().setRegionError(error).build(),
        null);
    bind(
        server,
        TikvGrpcService.RawGetKeyTTL,
        RawGetKeyTTLRequest::getContext,
        kv::ttl,
        error -> RawGetKeyTTLResponse.newBuilder().setRegionError(error).build(),
        text -> RawGetKeyTTLResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawChecksum,
        RawChecksumRequest::getContext,
        kv::checksum,
        error -> RawChecksumResponse.newBuilder().setRegionError(error).build(),
        text -> RawChecksumResponse.newBuilder().setError(text).build());
    bindWrites(server);
  }

  private void bindWrites(GrpcServer server) {
    bind(
        server,
        TikvGrpcService.RawPut,
        RawPutRequest::getContext,
        kv::put,
        error -> RawPutResponse.newBuilder().setRegionError(error).build(),
        text -> RawPutResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawBatchPut,
        RawBatchPutRequest::getContext,
        kv::batchPut,
        error -> RawBatchPutResponse.newBuilder().setRegionError(error).build(),
        text -> RawBatchPutResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawDelete,
        RawDeleteRequest::getContext,
        kv::delete,
        error -> RawDeleteResponse.newBuilder().setRegionError(error).build(),
        text -> RawDeleteResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawBatchDelete,
        RawBatchDeleteRequest::getContext,
        kv::batchDelete,
        error -> RawBatchDeleteResponse.newBuilder().setRegionError(error).build(),
        text -> RawBatchDeleteResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawDeleteRange,
        RawDeleteRangeRequest::getContext,
        this::deleteRange,
        error -> RawDeleteRangeResponse.newBuilder().setRegionError(error).build(),
        text -> RawDeleteRangeResponse.newBuilder().setError(text).build());
    bind(
        server,
        TikvGrpcService.RawCompareAndSwap,
        RawCASRequest::getContext,
        kv::compareAndSwap,
        error -> RawCASResponse.newBuilder().setRegionError(error).build(),
        text -> RawCASResponse.newBuilder().setError(text).build());
  }

  private void deleteRange(RawDeleteRangeRequest request, Reply<RawDeleteRangeResponse> reply) {
    kv.deleteRange(
        request.toBuilder().setEndKey(Edge.clampEnd(request.getEndKey())).build(), reply);
  }

  /** Binds one method behind the checks that all of them share. */
  private <P extends MessageLite, R> void bind(
      GrpcServer server,
      ServiceMethod<P, R> method,
      Function<P, Context> contextOf,
      BiConsumer<P, Reply<R>> operation,
      Function<Error, R> regionError,
      @Nullable Function<String, R> textError) {
    UnaryCall.Refusals<R> refusals =
        new UnaryCall.Refusals<>() {
          @Override
          public R region(Error error) {
            return regionError.apply(error);
          }

          @Override
          public @Nullable R text(String text) {
            return textError == null ? null : textError.apply(text);
          }
        };
    calls.bind(
        server,
        method,
        refusals,
        (request, call) -> {
          Context context = contextOf.apply(request);
          if (context.getApiVersion() == APIVersion.V2
              || context.getApiVersion() == APIVersion.UNRECOGNIZED) {
            call.rejected(
                "Api version in request does not match with TiKV storage, cmd "
                    + method.methodName()
                    + ", storage: V1, request: "
                    + context.getApiVersionValue());
            return;
          }
          try {
            Edge.checkRegion(context.getRegionId());
          } catch (Refusal refusal) {
            call.refused(refusal);
            return;
          }
          operation.accept(request, call);
        });
  }
}
