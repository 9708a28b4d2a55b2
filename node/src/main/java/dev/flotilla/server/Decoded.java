package dev.flotilla.server;

import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * A request message, or null when the bytes were none. Left to itself the server cancels the stream
 * of such a call without a word; this way it can be told what is wrong.
 *
 * @param <P> request message
 */
record Decoded<P>(@Nullable P message) {

  static <P> GrpcMessageDecoder<Decoded<P>> decoder(GrpcMessageDecoder<P> decoder) {
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
