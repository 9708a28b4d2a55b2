package dev.flotilla.client;

import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import io.vertx.core.Future;

/** What a client asks of one store. */
interface StoreCalls {
  Future<RawGetResponse> get(RawGetRequest request);

  Future<RawPutResponse> put(RawPutRequest request);

  Future<RawDeleteResponse> delete(RawDeleteRequest request);

  Future<RawScanResponse> scan(RawScanRequest request);
}
