package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.flotilla.proto.pdpb.PDGrpcClient;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that stays open: each request has one response, in order, and the end has its own. */
class TsoStreamTest {
  private static final int ROUNDS = 200;

  /** Requests of some 30 bytes, far more than all windows on the way hold. */
  private static final int FLOOD = 200_000;

  private final Vertx vertx = Vertx.vertx();

  @Test
  void answersEachRequestOfALongStreamInOrder(@TempDir Path data) throws Exception {
    try (RunningNode node = RunningNode.start(data)) {
      RequestHeader header = node.pdHeader();
      GrpcClientRequest<TsoRequest, TsoResponse> call = open(node);
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

  private GrpcClientRequest<TsoRequest, TsoResponse> open(RunningNode node) throws Exception {
    return GrpcClient.client(vertx)
        .request(
            SocketAddress.inetSocketAddress(node.address().port(), node.address().host()),
            PDGrpcClient.Tso)
        .await(10, TimeUnit.SECONDS);
  }

  /** Answers that it does not take would gather in the node's memory. */
  @Test
  void whoDoesNotReadIsNotReadFrom(@TempDir Path data) throws Exception {
    try (RunningNode node = RunningNode.start(data)) {
      TsoRequest request = TsoRequest.newBuilder().setHeader(node.pdHeader()).setCount(1).build();
      GrpcClientRequest<TsoRequest, TsoResponse> call = open(node);
      AtomicInteger written = new AtomicInteger();
      Runnable writing =
          () -> {
            while (written.get() < FLOOD && !call.writeQueueFull()) {
              call.write(request);
              written.incrementAndGet();
            }
          };
      CompletableFuture<GrpcClientResponse<TsoRequest, TsoResponse>> answers =
          new CompletableFuture<>();
      AtomicInteger read = new AtomicInteger();
      call.response()
          .onSuccess(
              response -> {
                response.pause();
                response.handler(answer -> read.incrementAndGet());
                answers.complete(response);
              });
      call.drainHandler(drained -> writing.run());
      vertx.runOnContext(start -> writing.run());

      AtomicInteger before = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofSeconds(1))
          .atMost(Duration.ofMinutes(1))
          .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
      assertThat(written).hasValueLessThan(FLOOD);

      answers.get(10, TimeUnit.SECONDS).resume();
      await().atMost(Duration.ofMinutes(1)).untilAtomic(read, equalTo(FLOOD));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }
}
