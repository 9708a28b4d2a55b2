package dev.flotilla.server;

import dev.flotilla.kv.RawKv;
import dev.flotilla.kv.Reply;
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
import dev.flotilla.proto.kvrpcpb.RawCoprocessorRequest;
import dev.flotilla.proto.kvrpcpb.RawCoprocessorResponse;
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
import java.util.List;

/** The raw API: every method that a client may call, alone or in a batch. */
final class RawMethods {
  final RawMethod<RawGetRequest, RawGetResponse> rawGet;
  final RawMethod<RawBatchGetRequest, RawBatchGetResponse> rawBatchGet;
  final RawMethod<RawScanRequest, RawScanResponse> rawScan;
  final RawMethod<RawBatchScanRequest, RawBatchScanResponse> rawBatchScan;
  final RawMethod<RawGetKeyTTLRequest, RawGetKeyTTLResponse> rawGetKeyTTL;
  final RawMethod<RawChecksumRequest, RawChecksumResponse> rawChecksum;
  final RawMethod<RawCoprocessorRequest, RawCoprocessorResponse> rawCoprocessor;
  final RawMethod<RawPutRequest, RawPutResponse> rawPut;
  final RawMethod<RawBatchPutRequest, RawBatchPutResponse> rawBatchPut;
  final RawMethod<RawDeleteRequest, RawDeleteResponse> rawDelete;
  final RawMethod<RawBatchDeleteRequest, RawBatchDeleteResponse> rawBatchDelete;
  final RawMethod<RawDeleteRangeRequest, RawDeleteRangeResponse> rawDeleteRange;
  final RawMethod<RawCASRequest, RawCASResponse> rawCompareAndSwap;

  RawMethods(RawKv kv) {
    rawGet =
        new RawMethod<>(
            TikvGrpcService.RawGet,
            RawGetRequest::getContext,
            kv::get,
            error -> RawGetResponse.newBuilder().setRegionError(error).build(),
            text -> RawGetResponse.newBuilder().setError(text).build());
    rawBatchGet =
        new RawMethod<>(
            TikvGrpcService.RawBatchGet,
            RawBatchGetRequest::getContext,
            kv::batchGet,
            error -> RawBatchGetResponse.newBuilder().setRegionError(error).build(),
            null);
    rawScan =
        new RawMethod<>(
            TikvGrpcService.RawScan,
            RawScanRequest::getContext,
            kv::scan,
            error -> RawScanResponse.newBuilder().setRegionError(error).build(),
            null);
    rawBatchScan =
        new RawMethod<>(
            TikvGrpcService.RawBatchScan,
            RawBatchScanRequest::getContext,
            kv::batchScan,
            error -> RawBatchScanResponse.newBuilder().setRegionError(error).build(),
            null);
    rawGetKeyTTL =
        new RawMethod<>(
            TikvGrpcService.RawGetKeyTTL,
            RawGetKeyTTLRequest::getContext,
            kv::ttl,
            error -> RawGetKeyTTLResponse.newBuilder().setRegionError(error).build(),
            text -> RawGetKeyTTLResponse.newBuilder().setError(text).build());
    rawChecksum =
        new RawMethod<>(
            TikvGrpcService.RawChecksum,
            RawChecksumRequest::getContext,
            kv::checksum,
            error -> RawChecksumResponse.newBuilder().setRegionError(error).build(),
            text -> RawChecksumResponse.newBuilder().setError(text).build());
    rawCoprocessor =
        new RawMethod<>(
            TikvGrpcService.RawCoprocessor,
            RawCoprocessorRequest::getContext,
            kv::coprocessor,
            error -> RawCoprocessorResponse.newBuilder().setRegionError(error).build(),
            text -> RawCoprocessorResponse.newBuilder().setError(text).build());
    rawPut =
        new RawMethod<>(
            TikvGrpcService.RawPut,
            RawPutRequest::getContext,
            kv::put,
            error -> RawPutResponse.newBuilder().setRegionError(error).build(),
            text -> RawPutResponse.newBuilder().setError(text).build());
    rawBatchPut =
        new RawMethod<>(
            TikvGrpcService.RawBatchPut,
            RawBatchPutRequest::getContext,
            kv::batchPut,
            error -> RawBatchPutResponse.newBuilder().setRegionError(error).build(),
            text -> RawBatchPutResponse.newBuilder().setError(text).build());
    rawDelete =
        new RawMethod<>(
            TikvGrpcService.RawDelete,
            RawDeleteRequest::getContext,
            kv::delete,
            error -> RawDeleteResponse.newBuilder().setRegionError(error).build(),
            text -> RawDeleteResponse.newBuilder().setError(text).build());
    rawBatchDelete =
        new RawMethod<>(
            TikvGrpcService.RawBatchDelete,
            RawBatchDeleteRequest::getContext,
            kv::batchDelete,
            error -> RawBatchDeleteResponse.newBuilder().setRegionError(error).build(),
            text -> RawBatchDeleteResponse.newBuilder().setError(text).build());
    rawDeleteRange =
        new RawMethod<>(
            TikvGrpcService.RawDeleteRange,
            RawDeleteRangeRequest::getContext,
            (request, reply) -> deleteRange(kv, request, reply),
            error -> RawDeleteRangeResponse.newBuilder().setRegionError(error).build(),
            text -> RawDeleteRangeResponse.newBuilder().setError(text).build());
    rawCompareAndSwap =
        new RawMethod<>(
            TikvGrpcService.RawCompareAndSwap,
            RawCASRequest::getContext,
            kv::compareAndSwap,
            error -> RawCASResponse.newBuilder().setRegionError(error).build(),
            text -> RawCASResponse.newBuilder().setError(text).build());
  }

  List<RawMethod<?, ?>> all() {
    return List.of(
        rawGet,
        rawBatchGet,
        rawScan,
        rawBatchScan,
        rawGetKeyTTL,
        rawChecksum,
        rawCoprocessor,
        rawPut,
        rawBatchPut,
        rawDelete,
        rawBatchDelete,
        rawDeleteRange,
        rawCompareAndSwap);
  }

  private static void deleteRange(
      RawKv kv, RawDeleteRangeRequest request, Reply<RawDeleteRangeResponse> reply) {
    kv.deleteRange(
        request.toBuilder().setEndKey(Edge.clampEnd(request.getEndKey())).build(), reply);
  }
}
