package dev.flotilla.client;

import dev.flotilla.connection.FlushBatching;
import dev.flotilla.connection.Opening;
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
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcReadStream;
import io.vertx.grpc.common.ServiceMethod;
import java.time.Duration;

/**
 * A call for each request; those made in one turn of an event loop leave together. Thread-safe.
 *
 * @param grpc gives calls their deadline
 * @param address of the store
 * @param timeout for a connection to be there
 */
record SingleCalls(GrpcClient grpc, SocketAddress address, Duration timeout) implements StoreCalls {
  @Override
  public Future<RawGetResponse> get(RawGetRequest request) {
    return call(TikvGrpcClient.RawGet, request);
  }

  @Override
  public Future<RawPutResponse> put(RawPutRequest request) {
    return call(TikvGrpcClient.RawPut, request);
  }

  @Override
  public Future<RawDeleteResponse> delete(RawDeleteRequest request) {
    return call(TikvGrpcClient.RawDelete, request);
  }

  @Override
  public Future<RawScanResponse> scan(RawScanRequest request) {
    return call(TikvGrpcClient.RawScan, request);
  }

  private <Q, A> Future<A> call(ServiceMethod<A, Q> method, Q request) {
    return Opening.of(grpc, address, method, timeout)
        .compose(
            call -> {
              FlushBatching.install(call.connection());
              return call.send(request);
            })
        .compose(GrpcReadStream::last);
  }
}
