package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream whose requests go to another node, which answers when it is told to. */
class TsoStreamsTest {
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Promise<byte[]>> relayed = new LinkedBlockingQueue<>();

  /** Of the server's end of the connection. */
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** On which the server serves the stream. */
  private final CompletableFuture<Context> loop = new CompletableFuture<>();

  private final Placement elsewhere =
      new NoPlacement() {
        @Override
        public Future<byte[]> relay(String method, byte[] request) {
          loop.complete(vertx.getOrCreateContext());
          Promise<byte[]> answer = Promise.promise();
          relayed.add(answer);
          return answer.future();
        }
      };

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private static byte[] response(int count) {
    return TsoResponse.newBuilder().setCount(count).build().toByteArray();
  }

  private GrpcClientRequest<TsoRequest, TsoResponse> open() throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    new TsoStreams(elsewhere).bind(grpc);
    HttpServer http =
        vertx
            .createHttpServer()
            .connectionHandler(opened -> opened.closeHandler(end -> closed.complete(null)))
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    return GrpcClient.client(vertx)
        .request(SocketAddress.inetSocketAddress(http.actualPort(), "127.0.0.1"), PDGrpcClient.Tso)
        .await(10, TimeUnit.SECONDS);
  }

  /** By their order alone a client knows which response is whose. */
  @Test
  void responsesComeInTheOrderOfTheirRequestsHoweverTheyAreAnswered() throws Exception {
    GrpcClientRequest<TsoRequest, TsoResponse> call = open();
    List<Integer> counts = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> ended = new CompletableFuture<>();
    call.response()
        .onSuccess(
            answers -> {
              answers.handler(answer -> counts.add(answer.getCount()));
              answers.endHandler(end -> ended.complete(null));
            });
    List<Promise<byte[]>> asked = new ArrayList<>();
    for (int count = 1; count <= 4; count++) {
      call.write(TsoRequest.newBuilder().setCount(count).build());
      asked.add(relayed.poll(10, TimeUnit.SECONDS));
    }
    call.end();
    asked.get(3).complete(response(4));
    asked.get(1).complete(response(2));
    asked.get(2).fail("another node drives placement now");
    asked.get(0).complete(response(1));
    ended.get(10, TimeUnit.SECONDS);
    assertThat(counts).as("without a count: an error").containsExactly(1, 2, 0, 4);
  }

  /** Whoever is at the wrong cluster would ask for ever if it were told to try again. */
  @Test
  void aRefusalOfTheDriverIsPassedOn() throws Exception {
    GrpcClientRequest<TsoRequest, TsoResponse> call = open();
    CompletableFuture<String> ended = new CompletableFuture<>();
    call.response()
        .onSuccess(
            answers -> {
              answers.handler(answer -> ended.complete("answered: " + answer));
              answers.endHandler(
                  end -> ended.complete(answers.status() + " " + answers.statusMessage()));
            });
    call.write(TsoRequest.newBuilder().setCount(1).build());
    Promise<byte[]> asked = Objects.requireNonNull(relayed.poll(10, TimeUnit.SECONDS));
    asked.fail(
        new ReplyException(
            ReplyFailure.RECIPIENT_FAILURE,
            GrpcStatus.FAILED_PRECONDITION.code,
            "mismatch cluster id"));
    assertThat(ended.get(10, TimeUnit.SECONDS))
        .isEqualTo(GrpcStatus.FAILED_PRECONDITION + " mismatch cluster id");
  }

  @Test
  void whoLeavesAfterTheLastRequestIsSentNothing() throws Exception {
    List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
    vertx.exceptionHandler(errors::add);
    GrpcClientRequest<TsoRequest, TsoResponse> call = open();
    call.end(TsoRequest.newBuilder().setCount(1).build());
    Promise<byte[]> asked = Objects.requireNonNull(relayed.poll(10, TimeUnit.SECONDS));
    call.connection().close();
    closed.get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> passed = new CompletableFuture<>();
    Context serving = loop.get(10, TimeUnit.SECONDS);
    serving.runOnContext(noticed -> asked.complete(response(1)));
    serving.runOnContext(noticed -> serving.runOnContext(sent -> passed.complete(null)));
    passed.get(10, TimeUnit.SECONDS);
    assertThat(errors).isEmpty();
  }

  /** The client may not have heard yet that it is over. */
  @Test
  void whoIsToldThatItIsOverIsNotServedOn() throws Exception {
    GrpcClientRequest<TsoRequest, TsoResponse> call = open();
    call.write(TsoRequest.newBuilder().setCount(1).build());
    call.write(TsoRequest.newBuilder().setCount(0).build());
    call.write(TsoRequest.newBuilder().setCount(2).build());
    Future<?> ended = call.response().compose(answers -> answers.last());
    assertThat(ended.toCompletionStage().toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
    assertThat(relayed).as("the first").hasSize(1);
  }
}
