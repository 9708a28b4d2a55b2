package dev.flotilla.client;

import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import io.vertx.core.Future;

/** A call for each request. Thread-safe. */
record SingleCalls(TikvGrpcClient client) implements StoreCalls {
  @Override
  public Future<RawGetResponse> get(RawGetRequest request) {
    return client.rawGet(request);
  }

  @Override
  public Future<RawPutResponse> put(RawPutRequest request) {
    return client.rawPut(request);
  }

  @Override
  public Future<RawDeleteResponse> delete(RawDeleteRequest request) {
    return client.rawDelete(request);
  }

  @Override
  public Future<RawScanResponse> scan(RawScanRequest request) {
    return client.rawScan(request);
  }
}
