package dev.flotilla.server;

import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * A request message, or null when the bytes were none. Left to itself the server cancels the stream
 * of such a call without a word; this way it can be told what is wrong.
 *
 * @param <P> request message
 */
record Decoded<P>(@Nullable P message) {

  /**
   * The method with its messages decoded this way.
   *
   * @param <P> request message
   * @param <R> response message
   */
  static <P, R> ServiceMethod<Decoded<P>, R> tolerant(ServiceMethod<P, R> method) {
    return ServiceMethod.server(
        method.serviceName(), method.methodName(), method.encoder(), decoder(method.decoder()));
  }

  private static <P> GrpcMessageDecoder<Decoded<P>> decoder(GrpcMessageDecoder<P> decoder) {
    return new GrpcMessageDecoder<>() {
      @Override
      public Decoded<P> decode(GrpcMessage message) {
        try {
          return new Decoded<>(decoder.decode(message));
        } catch (CodecException malformed) {
          return new Decoded<>(null);
        }
      }

      @Override
      public boolean accepts(WireFormat format) {
        return decoder.accepts(format);
      }
    };
  }
}
