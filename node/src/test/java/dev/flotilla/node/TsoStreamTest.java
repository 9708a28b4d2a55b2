package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.pdpb.GetMembersRequest;
import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that stays open: each request has one response, in order, and the end has its own. */
class TsoStreamTest {
  private static final int ROUNDS = 200;

  private final Vertx vertx = Vertx.vertx();

  @Test
  void answersEachRequestOfALongStreamInOrder(@TempDir Path data) throws Exception {
    try (RunningNode node = RunningNode.start(data)) {
      RequestHeader header =
          RequestHeader.newBuilder()
              .setClusterId(
                  node.call(PDGrpcClient.GetMembers, GetMembersRequest.getDefaultInstance())
                      .getHeader()
                      .getClusterId())
              .build();
      GrpcClientRequest<TsoRequest, TsoResponse> call =
          GrpcClient.client(vertx)
              .request(
                  SocketAddress.inetSocketAddress(node.address().port(), node.address().host()),
                  PDGrpcClient.Tso)
              .await(10, TimeUnit.SECONDS);
      BlockingQueue<TsoResponse> responses = new LinkedBlockingQueue<>();
      CompletableFuture<Void> ended = new CompletableFuture<>();
      call.response()
          .onSuccess(
              response -> {
                response.handler(responses::add);
                response.endHandler(end -> ended.complete(null));
              });
      long last = 0;
      for (int i = 1; i <= ROUNDS; i++) {
        call.write(TsoRequest.newBuilder().setHeader(header).setCount(i).build());
        TsoResponse response = responses.poll(10, TimeUnit.SECONDS);
        assertThat(response).isNotNull();
        assertThat(response.getCount()).isEqualTo(i);
        long version =
            (response.getTimestamp().getPhysical() << 18) + response.getTimestamp().getLogical();
        // All of the i numbers up to this one are after the last response's.
        assertThat(version - i).isGreaterThanOrEqualTo(last);
        last = version;
      }
      call.end();
      ended.get(10, TimeUnit.SECONDS);
      assertThat(responses).isEmpty();
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }
}
