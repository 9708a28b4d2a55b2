package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single calls, with a look at what their connection does with them. */
class SingleCallsTest {
  private static final int CALLS = 64;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicInteger flushes = new AtomicInteger();
  private SingleCalls calls;

  @BeforeEach
  void start() throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        TikvGrpcService.RawPut,
        call -> call.handler(put -> call.response().end(RawPutResponse.getDefaultInstance())));
    // Gets are taken in, and never answered.
    grpc.callHandler(TikvGrpcService.RawGet, call -> {});
    HttpServer store = await(vertx.createHttpServer().requestHandler(grpc).listen(0, "127.0.0.1"));
    calls =
        new SingleCalls(
            GrpcClient.client(vertx),
            SocketAddress.inetSocketAddress(store.actualPort(), "127.0.0.1"),
            Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }

  /** All in one turn of the event loop. */
  private void put(int count) throws Exception {
    Promise<Void> done = Promise.promise();
    loop.runOnContext(
        ignored -> {
          List<Future<RawPutResponse>> answers = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            answers.add(calls.put(RawPutRequest.getDefaultInstance()));
          }
          Future.all(answers).<Void>mapEmpty().onComplete(done);
        });
    await(done.future());
  }

  /** Counts what gets as far as the socket. */
  private void countFlushes() throws Exception {
    Promise<HttpConnection> open = Promise.promise();
    loop.runOnContext(
        ignored ->
            calls
                .grpc()
                .request(calls.address(), TikvGrpcClient.RawPut)
                .map(
                    call -> {
                      call.end(RawPutRequest.getDefaultInstance());
                      return call.connection();
                    })
                .onComplete(open));
    ConnectionBase connection = (ConnectionBase) await(open.future());
    connection
        .channel()
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void flush(ChannelHandlerContext context) {
                flushes.incrementAndGet();
                context.flush();
              }
            });
  }

  @Test
  void whatIsAskedInOneTurnLeavesTogether() throws Exception {
    put(1);
    countFlushes();
    put(CALLS);
    assertThat(flushes.get()).isBetween(1, CALLS / 8);
  }

  /** The node has the call, so that it is the call's own deadline that ends it. */
  @Test
  void aCallThatIsNotAnsweredInTimeIsOneWithoutAWord() {
    Duration timeout = Duration.ofMillis(300);
    GrpcClientOptions options =
        new GrpcClientOptions()
            .setScheduleDeadlineAutomatically(true)
            .setTimeoutUnit(TimeUnit.MILLISECONDS)
            .setTimeout(300);
    SingleCalls impatient =
        new SingleCalls(GrpcClient.client(vertx, options), calls.address(), timeout);
    assertThatThrownBy(() -> await(impatient.get(RawGetRequest.getDefaultInstance())))
        .extracting(failure -> NoAnswer.reason(failure, timeout))
        .isEqualTo("no word within 300 ms");
  }
}
