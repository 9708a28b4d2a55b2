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
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
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

  /** Makes any call that has one answer; what the node says no to fails with its words. */
  <Q, A> Future<A> call(ServiceMethod<A, Q> method, Q request) {
    return Opening.of(grpc, address, method, timeout)
        .compose(
            call -> {
              FlushBatching.install(call.connection());
              return call.send(request);
            })
        .compose(
            response ->
                response
                    .last()
                    .recover(failure -> Future.failedFuture(inWords(response, failure))));
  }

  /** The status of a response that came to its end has the reason with it. */
  private static Throwable inWords(GrpcClientResponse<?, ?> response, Throwable failure) {
    String words = response.statusMessage();
    if (!(failure instanceof InvalidStatusException invalid) || words == null || words.isEmpty()) {
      return failure;
    }
    return switch (invalid.actualStatus()) {
      // A node says these before it does anything.
      case INVALID_ARGUMENT,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          PERMISSION_DENIED,
          UNIMPLEMENTED,
          UNAUTHENTICATED ->
          ClientException.refused(words);
      default -> ClientException.unknown(words);
    };
  }
}
