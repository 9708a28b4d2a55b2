package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client of batches before a store that answers as each test says. */
class BatchedCallsTest {
  private static final TimeUnit SECONDS = TimeUnit.SECONDS;
  private static final Duration SILENCE_MAX = Duration.ofMillis(1500);

  /** One batch that came, and the stream that its answers take. */
  private record Received(
      BatchCommandsRequest batch,
      GrpcServerResponse<BatchCommandsRequest, BatchCommandsResponse> stream) {
    String key(int command) {
      return batch.getRequests(command).getRawGet().getKey().toStringUtf8();
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final Context loop = vertx.getOrCreateContext();
  private BatchedCalls calls;

  @BeforeEach
  void start() throws Exception {
    GrpcServer grpc =
        GrpcServer.server(
            vertx, new GrpcServerOptions().setMaxMessageSize(2L * BatchedCalls.MESSAGE_BYTES_MAX));
    grpc.callHandler(
        TikvGrpcService.BatchCommands,
        call -> call.handler(batch -> received.add(new Received(batch, call.response()))));
    HttpServer server =
        vertx.createHttpServer().requestHandler(grpc).listen(0, "127.0.0.1").await(10, SECONDS);
    calls = callsTo(server.actualPort());
  }

  private BatchedCalls callsTo(int port) throws Exception {
    SocketAddress address = SocketAddress.inetSocketAddress(port, "127.0.0.1");
    return onLoop(() -> new BatchedCalls(vertx, GrpcClient.client(vertx), address, SILENCE_MAX));
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, SECONDS);
  }

  private <T> T onLoop(Supplier<T> task) throws Exception {
    Promise<T> made = Promise.promise();
    loop.runOnContext(ignored -> made.complete(task.get()));
    return made.future().await(10, SECONDS);
  }

  /** Asks for all keys in one turn. */
  private List<Future<RawGetResponse>> get(String... keys) throws Exception {
    return onLoop(
        () -> {
          List<Future<RawGetResponse>> answers = new ArrayList<>();
          for (String key : keys) {
            answers.add(
                calls.get(RawGetRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build()));
          }
          return answers;
        });
  }

  private Received next() throws Exception {
    Received batch = received.poll(10, SECONDS);
    assertThat(batch).isNotNull();
    return batch;
  }

  /** Answers the commands of a batch, the last first. */
  private static void answer(Received batch, Function<String, Response> answer) {
    BatchCommandsResponse.Builder answers = BatchCommandsResponse.newBuilder();
    for (int i = batch.batch().getRequestsCount() - 1; i >= 0; i--) {
      answers
          .addRequestIds(batch.batch().getRequestIds(i))
          .addResponses(answer.apply(batch.key(i)));
    }
    batch.stream().write(answers.build());
  }

  private static Response echo(String key) {
    return Response.newBuilder()
        .setRawGet(RawGetResponse.newBuilder().setValue(ByteString.copyFromUtf8(key)))
        .build();
  }

  private static String value(Future<RawGetResponse> answer) throws Exception {
    return answer.await(10, SECONDS).getValue().toStringUtf8();
  }

  @Test
  void whatIsAskedInOneTurnLeavesAsOneMessage() throws Exception {
    List<Future<RawGetResponse>> answers = get("a", "b", "c");
    Received batch = next();
    assertThat(batch.batch().getRequestsCount()).isEqualTo(3);
    answer(batch, BatchedCallsTest::echo);
    assertThat(value(answers.get(0))).isEqualTo("a");
    assertThat(value(answers.get(1))).isEqualTo("b");
    assertThat(value(answers.get(2))).isEqualTo("c");
  }

  @Test
  void messagesHaveALimit() throws Exception {
    ByteString half = ByteString.copyFrom(new byte[BatchedCalls.MESSAGE_BYTES_MAX / 2]);
    onLoop(
        () -> {
          for (int i = 0; i < 3; i++) {
            calls.put(RawPutRequest.newBuilder().setValue(half).build());
          }
          return true;
        });
    for (int i = 0; i < 3; i++) {
      assertThat(next().batch().getRequestsCount()).isEqualTo(1);
    }
  }

  @Test
  void laterCommandsUseTheSameStream() throws Exception {
    get("a");
    Received first = next();
    get("b");
    assertThat(next().stream()).isSameAs(first.stream());
  }

  @Test
  void whatWaitsFailsWithItsStreamAndTheNextCommandOpensAnother() throws Exception {
    Future<RawGetResponse> lost = get("a").get(0);
    Received first = next();
    first.stream().end();
    assertThatThrownBy(() -> value(lost)).hasMessageContaining("ended the stream");
    Future<RawGetResponse> found = get("b").get(0);
    Received second = next();
    assertThat(second.stream()).isNotSameAs(first.stream());
    answer(second, BatchedCallsTest::echo);
    assertThat(value(found)).isEqualTo("b");
  }

  @Test
  void aStoreThatIsNotThereFailsTheCommand() throws Exception {
    // A closed server's port would not do: it may take one more connection, or be another's.
    try (Socket heldNotListening = new Socket()) {
      heldNotListening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      calls = callsTo(heldNotListening.getLocalPort());
      Future<RawGetResponse> lost = get("a").get(0);
      assertThatThrownBy(() -> value(lost)).hasMessageContaining("refused");
    }
  }

  @Test
  void aSilentStoreFailsTheCommand() throws Exception {
    Future<RawGetResponse> lost = get("a").get(0);
    next();
    assertThatThrownBy(() -> value(lost)).hasMessageContaining("does not answer");
  }

  @Test
  void anAnswerOfAnotherKindIsNoSuccess() throws Exception {
    Future<?> put = onLoop(() -> calls.put(RawPutRequest.getDefaultInstance()));
    Received batch = next();
    answer(batch, BatchedCallsTest::echo);
    assertThatThrownBy(() -> put.await(10, SECONDS)).hasMessageContaining("RAWGET");
  }

  @Test
  void moreThanMayWaitIsRefused() throws Exception {
    List<Future<RawGetResponse>> answers =
        get(Collections.nCopies(BatchedCalls.WAITING_MAX + 1, "a").toArray(String[]::new));
    Future<RawGetResponse> last = answers.get(BatchedCalls.WAITING_MAX);
    assertThatThrownBy(() -> value(last)).hasMessageContaining("too many");
    answer(next(), BatchedCallsTest::echo);
    assertThat(value(answers.get(0))).isEqualTo("a");
  }
}
